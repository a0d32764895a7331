import Glibc

/// A file that ``TLSSettings`` name, read whole.
struct TLSFile {
    let bytes: [UInt8]
    /// Users other than its owner and its group may read it.
    let isReadableByAll: Bool

    /// The largest that is read, bytes: a bundle of every public authority is 250 KiB.
    static let sizeLimit = 4 << 20
    /// Files of a folder, at most.
    static let folderLimit = 10_000

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Reads a file.
    ///
    /// *Errors*: a reason in words, and what to do.
    static func read(_ path: String) throws(Unreadable) -> TLSFile {
        // A pipe without a writer would wait for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Unreadable(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Unreadable(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Unreadable("it is no file; give a file in PEM form") }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= sizeLimit {
            let count = Glibc.read(descriptor, &block, block.count)
            guard count >= 0 else { throw Unreadable(errno) }
            guard count > 0 else { return TLSFile(bytes: bytes, isReadableByAll: status.st_mode & S_IROTH != 0) }
            bytes += block[..<count]
        }
        throw Unreadable("it is longer than \(sizeLimit >> 20) MiB; give a file in PEM form")
    }

    /// The files of a folder that do not hide, in the order of their names; nil if the path is no folder.
    static func files(in path: String) throws(Unreadable) -> [String]? {
        guard let folder = opendir(path) else {
            if errno == ENOTDIR { return nil }
            throw Unreadable(errno)
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
            guard names.count <= folderLimit else {
                throw Unreadable("it has more than \(folderLimit) files; give a folder of certificates only")
            }
        }
        return names.sorted().map { "\(path)/\($0)" }
    }

    /// Why a file cannot be read.
    struct Unreadable: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }

        init(_ code: CInt) {
            switch code {
            case ENOENT: reason = "there is no such file"
            case EACCES: reason = "it may not be read; give it to the user that runs this program (chown, chmod 600)"
            default: reason = "it cannot be read: \(String(cString: strerror(code)))"
            }
        }
    }
}
