/// A descriptor with an owner: it is closed when the last reference to it goes, on every path.
final class OpenFile: Sendable {
    let disk: any FileSystem
    let descriptor: Descriptor

    /// Takes over what `open` returns.
    init(
        on disk: any FileSystem,
        _ open: (any FileSystem) throws(SystemError) -> Descriptor
    ) throws(SystemError) {
        self.disk = disk
        descriptor = try SystemError.retrying { () throws(SystemError) in try open(disk) }
    }

    /// Opens a directory below another.
    convenience init(directory name: String, in parent: OpenFile) throws(SystemError) {
        try self.init(on: parent.disk) { disk throws(SystemError) in
            try disk.openDirectory(name, in: parent.descriptor)
        }
    }

    deinit { disk.close(descriptor) }

    /// Waits until stable storage has it.
    func synchronize(_ extent: SyncExtent) throws(SystemError) {
        try SystemError.retrying { () throws(SystemError) in try disk.synchronize(descriptor, extent) }
    }

    /// Fills as much of `bytes` as the file has from `offset` on; returns how much that is.
    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(SystemError) -> Int {
        var count = 0
        while count < bytes.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
            let more = try SystemError.retrying { () throws(SystemError) in
                try disk.read(into: rest, from: descriptor, at: offset + UInt64(count))
            }
            guard more > 0 else { break }
            count += more
        }
        return count
    }
}
