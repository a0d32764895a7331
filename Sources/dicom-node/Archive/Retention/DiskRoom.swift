import Glibc
import SystemPackage

/// How much of a disk is free.
struct DiskRoom: Equatable, Sendable {
    /// Bytes.
    var total: Int64
    /// Bytes that may still be written.
    var free: Int64

    init(total: Int64, free: Int64) {
        self.total = total
        self.free = free
    }

    /// The disk that a path is on.
    ///
    /// *Errors*: `Errno`.
    init(of path: FilePath) throws(Errno) {
        var status = statvfs()
        guard statvfs(path.string, &status) == 0 else { throw Errno(rawValue: errno) }
        let block = UInt64(status.f_frsize)
        total = Int64(clamping: UInt64(status.f_blocks).multipliedReportingOverflow(by: block).partialValue)
        free = Int64(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: block).partialValue)
    }
}
