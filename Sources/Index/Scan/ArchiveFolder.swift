import CLinux
import Glibc

/// A folder of the archive, open for reading its names.
///
/// *Resources*: one descriptor, closed with the last reference.
final class ArchiveFolder: Sendable {
    let descriptor: Int32

    /// What a name stands for.
    struct Entry: Equatable {
        var isFile = false
        var isFolder = false
        /// Nanoseconds since 1970.
        var modified: Int64 = 0
    }

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { linux_close(descriptor) }

    /// The archive's directory.
    ///
    /// *Errors*: `IndexError.refused`.
    init(archive: String) throws(IndexError) {
        let result = linux_open_directory(-1, archive)
        guard result >= 0 else { throw IndexError.refused("\(archive): \(String(cString: strerror(-result)))") }
        descriptor = result
    }

    /// A folder below it; nil: there is none (any more).
    ///
    /// *Errors*: `IndexError.refused`.
    func folder(_ path: String) throws(IndexError) -> ArchiveFolder? {
        var folder = self
        for component in path.split(separator: "/") {
            let result = linux_open_directory(folder.descriptor, String(component))
            if result == -ENOENT || result == -ENOTDIR || result == -ELOOP { return nil }
            guard result >= 0 else { throw IndexError.refused("\(path): \(String(cString: strerror(-result)))") }
            folder = ArchiveFolder(result)
        }
        return folder
    }

    /// What a path below it stands for; nil: nothing. An empty one stands for itself.
    func entry(_ path: String) -> Entry? {
        var entry = linux_entry()
        guard linux_entry(descriptor, path, &entry) == 0 else { return nil }
        return Entry(isFile: entry.is_regular != 0, isFolder: entry.is_directory != 0, modified: entry.modified)
    }

    /// The names in it, in no order. Hidden ones are left out, and those that are no UTF-8: no layout gives them.
    ///
    /// *Errors*: `IndexError.refused`.
    func names() throws(IndexError) -> [String] {
        var bytes: UnsafeMutablePointer<CChar>?
        var size = 0
        let result = linux_list(descriptor, &bytes, &size)
        guard result >= 0 else { throw IndexError.refused("a folder: \(String(cString: strerror(-result)))") }
        guard let bytes else { return [] }
        defer { free(bytes) }
        return UnsafeBufferPointer(start: bytes, count: size).split(separator: 0).compactMap { name in
            guard name.first != CChar(UInt8(ascii: ".")) else { return nil }
            return String(validating: name.lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }
}
