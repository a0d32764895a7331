import CLinux
import Glibc

extension Root {
    /// Makes sure that the configured directory is an archive, where that is wanted: a directory that does not exist
    /// is made, one that does becomes an archive only on `initialize`.
    static func prepare(_ configuration: ArchiveConfiguration, on disk: any FileSystem) throws(ArchiveError) {
        let path = configuration.path
        var mayInitialize = configuration.initialize
        do throws(SystemError) {
            _ = try SystemError.retrying { () throws(SystemError) in try disk.status(ofPath: path) }
        } catch {
            guard error.code == ENOENT else { throw ArchiveError(error, doing: "find the archive \(path)") }
            try attempt("make the archive \(path)") { () throws(SystemError) in
                try ignoring(EEXIST) { () throws(SystemError) in try disk.makeDirectory(path, in: nil) }
            }
            try synchronizeParent(of: path, on: disk)
            mayInitialize = true
        }
        do throws(SystemError) {
            _ = try SystemError.retrying { () throws(SystemError) in
                try disk.status(ofPath: "\(path)/\(ownDirectory)/\(markerName)")
            }
            return
        } catch {
            guard error.code == ENOENT else { throw ArchiveError(error, doing: "find the archive's marker") }
        }
        guard mayInitialize else {
            throw ArchiveError(
                .notInitialized,
                "\(path) exists but is no archive yet: perhaps its disk is not mounted. If it is the right place, "
                    + "start once with --initialize"
            )
        }
        try initialize(path, on: disk)
    }

    /// The marker comes last: with it, everything else is there.
    private static func initialize(_ path: String, on disk: any FileSystem) throws(ArchiveError) {
        let root = try open(path, in: nil, on: disk, "open \(path)")
        let own = try ensure(ownDirectory, in: root, on: disk)
        let incoming = try ensure("incoming", in: own, on: disk)
        try attempt("make \(path) an archive") { () throws(SystemError) in
            try incoming.synchronize(.everything)
            do throws(SystemError) {
                let marker = try OpenFile(on: disk) { disk throws(SystemError) in
                    try disk.createFile(markerName, in: own.descriptor)
                }
                try marker.write(Array(markerText.utf8))
                try marker.synchronize(.everything)
            } catch {
                guard error.code == EEXIST else { throw error }
            }
            try own.synchronize(.everything)
            try root.synchronize(.everything)
        }
    }

    private static func synchronizeParent(of path: String, on disk: any FileSystem) throws(ArchiveError) {
        var trimmed = path[...]
        while trimmed.count > 1, trimmed.last == "/" { trimmed.removeLast() }
        let parent: String =
            switch trimmed.lastIndex(of: "/") {
            case nil: "."
            case trimmed.startIndex: "/"
            case let slash?: String(trimmed[..<slash])
            }
        let directory = try open(parent, in: nil, on: disk, "open \(parent)")
        try attempt("sync \(parent)") { () throws(SystemError) in try directory.synchronize(.everything) }
    }

    private static let markerText = """
        This directory is an archive of dicom-node. The file tells the node that the disk is mounted:
        without it nothing is written here.

        """
}
