import Archive
import Glibc

// System calls with a path of any length: one that the kernel would not take (PATH_MAX) is walked folder by folder.
extension PathBytes {
    /// Opens what the path names; symbolic links are followed.
    ///
    /// *Resources*: the caller closes the descriptor.
    func open(_ flags: Int32) throws(SystemError) -> Int32 {
        try call { openat($0, $1, flags | O_CLOEXEC) }
    }

    /// What the path names, symbolic links followed. Nothing is opened.
    func status() throws(SystemError) -> stat {
        var status = stat()
        _ = try call { fstatat($0, $1, &status, 0) }
        return status
    }

    /// Calls with a folder's descriptor and a path below it.
    private func call(_ body: (Int32, UnsafePointer<CChar>) -> Int32) throws(SystemError) -> Int32 {
        var folder = AT_FDCWD
        defer { if folder != AT_FDCWD { close(folder) } }
        var rest = bytes[...]
        while rest.count >= Int(PATH_MAX) {
            guard let cut = rest.prefix(Int(PATH_MAX) - 1).lastIndex(of: Self.slash), cut > rest.startIndex else {
                throw SystemError(code: ENAMETOOLONG)
            }
            let next = try Self.result(of: rest[..<cut]) { openat(folder, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
            if folder != AT_FDCWD { close(folder) }
            folder = next
            rest = rest[cut...].drop { $0 == Self.slash }
        }
        return try Self.result(of: rest) { body(folder, $0) }
    }

    private static func result(
        of path: ArraySlice<UInt8>,
        _ body: (UnsafePointer<CChar>) -> Int32
    ) throws(SystemError) -> Int32 {
        guard !path.isEmpty else { throw SystemError(code: ENOENT) }
        let terminated = path.map { CChar(bitPattern: $0) } + [0]
        var result: Int32 = -1
        var number: Int32 = 0
        repeat {
            result = terminated.withUnsafeBufferPointer { $0.baseAddress.map(body) ?? -1 }
            number = errno
        } while result < 0 && number == EINTR
        guard result >= 0 else { throw SystemError(code: number) }
        return result
    }
}
