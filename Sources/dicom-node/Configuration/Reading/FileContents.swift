import Glibc
import SystemPackage

/// Small files that the configuration names, read whole.
enum FileContents {
    /// Never waits for a writer (a FIFO). Of a longer file a byte more than `most` is read, so that its reader sees
    /// that it is too long.
    ///
    /// *Errors*: the reason, as the end of a sentence that begins with the path.
    static func read(_ path: PathValue, atMost most: Int) throws(UnreadableFile) -> [UInt8] {
        let file = path.path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard file >= 0 else { throw UnreadableFile(errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw UnreadableFile(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw UnreadableFile(reason: "is no file") }
        var bytes = [UInt8](repeating: 0, count: most + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { bytes in
                Glibc.read(file, bytes.baseAddress.map { $0 + count }, bytes.count - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw UnreadableFile(errno) }
            guard got > 0 else { break }
            count += got
        }
        return Array(bytes[..<count])
    }
}

/// Why a file cannot be read.
struct UnreadableFile: Error {
    let reason: String

    init(reason: String) {
        self.reason = reason
    }

    init(_ code: CInt) {
        reason =
            switch code {
            case EACCES: "may not be read; give it to the user that runs this program"
            default: "cannot be read: \(String(cString: strerror(code)))"
            }
    }
}
