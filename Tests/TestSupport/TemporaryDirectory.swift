package import Foundation
package import SystemPackage

/// A directory of its own for one test, removed with everything in it when the last reference goes.
package final class TemporaryDirectory: Sendable {
    /// The absolute path, with symbolic links resolved.
    package let path: String

    /// The directory as a URL.
    package var url: URL { URL(fileURLWithPath: path, isDirectory: true) }

    /// Where an archive may be made.
    package var archive: FilePath { FilePath(path).appending("archive") }

    /// Makes a new, empty directory below the system's temporary directory.
    package init() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("dicom-node-tests-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.resolvingSymlinksInPath().path
    }

    deinit {
        // A directory that cannot be removed is not worth failing a test that has passed.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes `bytes` to a new file below the directory and returns its path. Directories on the way are made.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = url.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: file)
        return file.path
    }
}

/// Every regular file below `directory`, hidden ones included, as sorted paths relative to it.
package func filesBelow(_ directory: String) throws -> [String] {
    guard let names = FileManager.default.enumerator(atPath: directory) else { return [] }
    var found: [String] = []
    while let name = names.nextObject() as? String {
        let type = names.fileAttributes?[.type] as? FileAttributeType
        if type != .typeDirectory { found.append(name) }
    }
    return found.sorted()
}

/// The bytes of the file at `path`.
package func contents(of path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// What this process has open, as paths; a file without a name is called `#… (deleted)`.
package func openPaths() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { number in
        // The one of the listing itself is gone.
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")
    }
}
