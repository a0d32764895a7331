import Archive
import Glibc

/// An open file, read by position. Blocks.
///
/// *Resources*: closed when the last reference goes.
final class InputFile: Sendable {
    /// Bytes.
    let length: Int
    private let descriptor: Int32

    /// Opens a regular file. What has become a FIFO since it was looked at does not block.
    convenience init(_ path: PathBytes) throws(InstanceFile.Unreadable) {
        do throws(SystemError) {
            try self.init(adopting: try path.open(O_RDONLY | O_NONBLOCK))
        } catch {
            throw InstanceFile.Unreadable("\(error)")
        }
    }

    /// Takes the descriptor over, also if it throws.
    init(adopting descriptor: Int32) throws(SystemError) {
        self.descriptor = descriptor
        var status = stat()
        let result = fstat(descriptor, &status)
        length = Int(status.st_size)
        guard result == 0 else { throw SystemError(code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError(code: EINVAL) }
    }

    deinit {
        close(descriptor)
    }

    /// Exactly `count` bytes at `offset`; a file that has become shorter is an error.
    func read(at offset: Int, count: Int) throws(InstanceFile.Unreadable) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count {
                let rest = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized...]
                )
                let read = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + initialized))
                if read < 0, errno == EINTR { continue }
                guard read > 0 else {
                    failure = read < 0 ? errno : ENODATA
                    return
                }
                initialized += read
            }
        }
        guard failure == 0 else {
            throw InstanceFile.Unreadable(
                failure == ENODATA ? "the file has become shorter" : "\(SystemError(code: failure))"
            )
        }
        return bytes
    }

    /// The file's path for DCMTK, which opens files itself: good as long as this is open, whatever the file is called.
    var descriptorPath: String { "/proc/self/fd/\(descriptor)" }
}
