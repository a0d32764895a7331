import Glibc
import Instances

extension Commit {
    /// Whether a file on disk holds this instance: the same transfer syntax, and the data set's bytes. The rest of the
    /// head may differ, because it tells which node wrote the file, and from which one it came.
    ///
    /// Both are read back from the disk: what was written is compared, not what was meant.
    func isIdentical(to existing: OpenFile) throws(SystemError) -> Bool {
        let disk = existing.disk
        let status = try SystemError.retrying { () throws(SystemError) in try disk.status(of: existing.descriptor) }
        guard status.isRegular else { return false }
        // On the heap, once for each duplicate: a thread of a pool may have little stack.
        let theirs = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunk, alignment: 16)
        defer { theirs.deallocate() }
        let ours = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunk, alignment: 16)
        defer { ours.deallocate() }

        let headCount = try existing.read(into: theirs, at: 0)
        let bytes = UnsafeRawBufferPointer(rebasing: theirs[..<headCount])
        guard let (meta, offset) = try? FileMetaInformation.parse(bytes) else { return false }
        guard meta.transferSyntaxUID == head.transferSyntaxUID else { return false }
        guard status.size == UInt64(offset) + dataSetLength else { return false }

        var position: UInt64 = 0
        while position < dataSetLength {
            let want = Int(min(UInt64(Self.chunk), dataSetLength - position))
            let a = UnsafeMutableRawBufferPointer(rebasing: theirs[..<want])
            let b = UnsafeMutableRawBufferPointer(rebasing: ours[..<want])
            guard try existing.read(into: a, at: UInt64(offset) + position) == want,
                try temporary.file.read(into: b, at: UInt64(headerLength) + position) == want,
                let a = a.baseAddress, let b = b.baseAddress, memcmp(a, b, want) == 0
            else { return false }
            position += UInt64(want)
        }
        return true
    }

    private static let chunk = 256 << 10
}
