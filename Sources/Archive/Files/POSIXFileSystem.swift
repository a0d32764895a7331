package import CLinux
import Glibc
package import SystemPackage

/// The kernel's file systems.
package final class POSIXFileSystem: FileSystem {
    /// Linux 5.8 is the first whose `syncfs` reports failed write-backs; a sandbox may refuse the call.
    private let syncReportsErrors = linux_version() >= 5_008 && linux_may_sync_file_system() != 0

    package init() {}

    package func openDirectory(at path: FilePath) throws(SystemError) -> Descriptor {
        Descriptor(number: try checked(path.withPlatformString { linux_open_directory(-1, $0) }))
    }

    package func openDirectory(_ name: String, in parent: Descriptor) throws(SystemError) -> Descriptor {
        Descriptor(number: try checked(linux_open_directory(parent.number, name)))
    }

    package func openFile(_ name: String, in directory: Descriptor) throws(SystemError) -> Descriptor {
        Descriptor(number: try checked(linux_open_file(directory.number, name)))
    }

    package func createFile(_ name: String, in directory: Descriptor) throws(SystemError) -> Descriptor {
        Descriptor(number: try checked(linux_create_file(directory.number, name)))
    }

    package func createNamelessFile(in directory: Descriptor) throws(SystemError) -> Descriptor {
        Descriptor(number: try checked(linux_create_nameless(directory.number)))
    }

    package func makeDirectory(at path: FilePath) throws(SystemError) {
        try checked(path.withPlatformString { linux_make_directory(-1, $0) })
    }

    package func makeDirectory(_ name: String, in parent: Descriptor) throws(SystemError) {
        try checked(linux_make_directory(parent.number, name))
    }

    package func close(_ descriptor: Descriptor) {
        // The descriptor is gone even if close fails; a write error was reported by the sync before, which decides.
        _ = linux_close(descriptor.number)
    }

    package func write(_ slices: UnsafeBufferPointer<iovec>, to file: Descriptor) throws(SystemError) -> Int {
        try checked(linux_write(file.number, slices.baseAddress, Int32(min(slices.count, 1024))))
    }

    package func read(
        into bytes: UnsafeMutableRawBufferPointer,
        from file: Descriptor,
        at offset: UInt64
    ) throws(SystemError) -> Int {
        try checked(linux_read(file.number, bytes.baseAddress, bytes.count, offset))
    }

    package func link(_ file: Descriptor, as name: String, in directory: Descriptor) throws(SystemError) {
        try checked(linux_link(file.number, directory.number, name))
    }

    package func rename(
        _ name: String,
        in directory: Descriptor,
        to newName: String,
        in newDirectory: Descriptor,
        replacing: Bool
    ) throws(SystemError) {
        try checked(linux_rename(directory.number, name, newDirectory.number, newName, replacing ? 1 : 0))
    }

    package func remove(_ name: String, in directory: Descriptor) throws(SystemError) {
        try checked(linux_remove(directory.number, name))
    }

    package func removeDirectory(_ name: String, in parent: Descriptor) throws(SystemError) {
        try checked(linux_remove_directory(parent.number, name))
    }

    package func names(in directory: Descriptor) throws(SystemError) -> [String] {
        var bytes: UnsafeMutablePointer<CChar>?
        var size = 0
        try checked(linux_list(directory.number, &bytes, &size))
        guard let bytes else { return [] }
        defer { free(bytes) }
        return UnsafeBufferPointer(start: bytes, count: size).split(separator: 0).map { name in
            String(decoding: name.lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    package func reserve(_ count: UInt64, at offset: UInt64, of file: Descriptor) {
        linux_reserve(file.number, offset, count)
    }

    package func synchronize(_ descriptor: Descriptor, _ extent: SyncExtent) throws(SystemError) {
        switch extent {
        case .data: try checked(linux_sync_data(descriptor.number))
        case .everything: try checked(linux_sync_all(descriptor.number))
        case .fileSystem: try checked(linux_sync_file_system(descriptor.number))
        }
    }

    package func writeBack(
        _ file: Descriptor,
        start: Range<UInt64>,
        settle: Range<UInt64>
    ) throws(SystemError) {
        try checked(
            linux_write_back(
                file.number,
                start.lowerBound,
                UInt64(start.count),
                settle.lowerBound,
                UInt64(settle.count)
            )
        )
    }

    package func status(of descriptor: Descriptor) throws(SystemError) -> FileStatus {
        var status = linux_status()
        try checked(linux_status(descriptor.number, &status))
        return FileStatus(status)
    }

    package func status(ofPath path: FilePath) throws(SystemError) -> FileStatus {
        var status = linux_status()
        try checked(path.withPlatformString { linux_path_status($0, &status) })
        return FileStatus(status)
    }

    package func volume(of descriptor: Descriptor) throws(SystemError) -> Volume {
        var volume = linux_volume()
        try checked(linux_volume(descriptor.number, &volume))
        return Volume(
            available: volume.available,
            isReadOnly: volume.is_read_only != 0,
            syncIsTrusted: syncReportsErrors && Self.trustedTypes.contains(volume.type),
            reservingPays: volume.type == Self.ext4
        )
    }

    package func lock(_ file: Descriptor) throws(SystemError) {
        try checked(linux_lock(file.number))
    }

    package func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    package func attribute(_ name: String, of file: Descriptor) throws(SystemError) -> [UInt8] {
        var value = [UInt8](repeating: 0, count: 256)
        let count = try checked(linux_get_attribute(file.number, name, &value, value.count))
        return Array(value.prefix(count))
    }

    package func setAttribute(_ name: String, to value: [UInt8], of file: Descriptor) throws(SystemError) {
        try checked(linux_set_attribute(file.number, name, value, value.count))
    }

    /// Each block that ext4 has not allocated yet costs bookkeeping of its own when it is written.
    private static let ext4: Int64 = 0xEF53

    /// File systems whose `syncfs` was read in the kernel's source to write data, names and the device's cache, and to
    /// report errors: ext4, XFS, Btrfs, tmpfs (which keeps nothing, and says so to nobody). FUSE forwards no `syncfs`.
    private static let trustedTypes: Set<Int64> = [ext4, 0x5846_5342, 0x9123_683E, 0x0102_1994]
}

extension FileStatus {
    fileprivate init(_ status: linux_status) {
        self.init(
            device: status.device,
            inode: status.inode,
            size: status.size,
            isRegular: status.is_regular != 0,
            owner: status.owner,
            made: status.made
        )
    }
}

/// The result of a call in CLinux, which is the negated error number if it failed.
@discardableResult
private func checked<Result: FixedWidthInteger>(_ result: Result) throws(SystemError) -> Result {
    guard result >= 0 else { throw SystemError(code: Int32(truncatingIfNeeded: -Int(result))) }
    return result
}
