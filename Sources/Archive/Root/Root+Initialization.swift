import CLinux
import Glibc

extension Root {
    /// Makes sure that the configured directory is an archive, where that is wanted: a directory that does not exist
    /// is made, one that does becomes an archive only on `initialize`.
    static func prepare(_ configuration: ArchiveConfiguration, on disk: any FileSystem) throws(ArchiveError) {
        let path = configuration.path
        do throws(SystemError) {
            _ = try SystemError.retrying { () throws(SystemError) in
                try disk.status(ofPath: "\(path)/\(ownDirectory)/\(markerName)")
            }
            return
        } catch {
            guard error.code == ENOENT else { throw ArchiveError(error, doing: "find the archive's marker") }
        }
        // Each directory is open before a name appears in it: a write-back that fails is told to who had it open.
        let (parentPath, name) = split(path)
        let parent = try open(parentPath, in: nil, on: disk, "open \(parentPath)")
        guard try make(name, in: parent) || configuration.initialize else {
            throw ArchiveError(
                .notInitialized,
                "\(path) exists but is no archive yet: perhaps its disk is not mounted. If it is the right place, "
                    + "start once with --initialize"
            )
        }
        try initialize(path, in: parent)
    }

    /// - Returns: False if it was there.
    private static func make(_ name: String, in parent: OpenFile) throws(ArchiveError) -> Bool {
        guard !name.isEmpty else { return false }
        do throws(SystemError) {
            try SystemError.retrying { () throws(SystemError) in
                try parent.disk.makeDirectory(name, in: parent.descriptor)
            }
            return true
        } catch {
            guard error.code == EEXIST else { throw ArchiveError(error, doing: "make the archive \(name)") }
            return false
        }
    }

    /// The marker comes last: with it, everything else is there, and durable.
    private static func initialize(_ path: String, in parent: OpenFile) throws(ArchiveError) {
        let disk = parent.disk
        let root = try open(path, in: nil, on: disk, "open \(path)")
        let own = try ensure(ownDirectory, in: root, on: disk)
        try attempt("make \(path) an archive") { () throws(SystemError) in
            try parent.synchronize(.everything)
            try root.synchronize(.everything)
            do throws(SystemError) {
                let marker = try OpenFile(on: disk) { disk throws(SystemError) in
                    try disk.createFile(markerName, in: own.descriptor)
                }
                try marker.write(Array(markerText.utf8))
                try marker.synchronize(.everything)
            } catch {
                guard error.code == EEXIST else { throw error }
            }
        }
    }

    /// The directory that a path's last component is in, and that component; `/` has none.
    private static func split(_ path: String) -> (parent: String, name: String) {
        var trimmed = path[...]
        while trimmed.last == "/" { trimmed.removeLast() }
        guard let slash = trimmed.lastIndex(of: "/") else { return (path.hasPrefix("/") ? "/" : ".", String(trimmed)) }
        let parent = trimmed[..<slash]
        return (parent.isEmpty ? "/" : String(parent), String(trimmed[trimmed.index(after: slash)...]))
    }

    private static let markerText = """
        This directory is an archive of dicom-node. The file tells the node that the disk is mounted:
        without it nothing is written here.

        """
}
