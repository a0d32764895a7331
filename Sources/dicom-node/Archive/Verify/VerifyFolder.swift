import CLinux
import Glibc
import SystemPackage

/// A folder of the archive, open for reading its names and files.
///
/// *Resources*: one descriptor, closed with the last reference.
final class VerifyFolder: Sendable {
    /// Below the archive's directory; empty for that itself.
    let path: String
    private let descriptor: Int32

    /// What a name stands for.
    enum Entry: Equatable {
        case file(bytes: Int)
        case folder
        case other
    }

    private init(path: String, _ descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { linux_close(descriptor) }

    /// The archive's directory.
    ///
    /// *Errors*: an `errno` value.
    convenience init(archive: FilePath) throws(Errno) {
        let result = archive.withPlatformString { linux_open_directory(-1, $0) }
        guard result >= 0 else { throw Errno(rawValue: -result) }
        self.init(path: "", result)
    }

    /// A folder below it, by its path from here.
    ///
    /// *Errors*: an `errno` value.
    func folder(_ path: String) throws(Errno) -> VerifyFolder {
        var folder = self
        for component in path.split(separator: "/") {
            let result = linux_open_directory(folder.descriptor, String(component))
            guard result >= 0 else { throw Errno(rawValue: -result) }
            folder = VerifyFolder(path: folder.path(of: String(component)), result)
        }
        return folder
    }

    /// The path of a name in it.
    func path(of name: String) -> String { path.isEmpty ? name : path + "/" + name }

    /// All names, in no order, as the bytes that they are.
    ///
    /// *Errors*: an `errno` value.
    func names() throws(Errno) -> [[UInt8]] {
        var bytes: UnsafeMutablePointer<CChar>?
        var size = 0
        let result = linux_list(descriptor, &bytes, &size)
        defer { free(bytes) }
        guard result >= 0 else { throw Errno(rawValue: -result) }
        return UnsafeRawBufferPointer(start: bytes, count: size).split(separator: 0).map(Array.init)
    }

    /// What a name stands for, a symbolic link itself; nil: nothing any more.
    func entry(_ name: String) -> Entry? {
        var entry = linux_entry()
        guard linux_entry(descriptor, name, &entry) == 0 else { return nil }
        if entry.is_directory != 0 { return .folder }
        return entry.is_regular != 0 ? .file(bytes: Int(clamping: entry.size)) : .other
    }

    /// Seconds since 1970 at which a file was last written or a folder's names last changed; nil: nothing is there.
    func modified(_ name: String) -> Int64? {
        var entry = linux_entry()
        guard linux_entry(descriptor, name, &entry) == 0 else { return nil }
        return entry.modified / 1_000_000_000
    }

    /// Opens a file for reading; never a symbolic link.
    ///
    /// - Returns: A descriptor that the caller closes.
    /// *Errors*: an `errno` value.
    func open(_ name: String) throws(Errno) -> Int32 {
        let result = linux_open_file(descriptor, name)
        guard result >= 0 else { throw Errno(rawValue: -result) }
        return result
    }
}
