import CLinux
import Glibc
import SystemPackage

extension Root {
    /// Makes sure that the configured directory is an archive: one that is missing is made, with what is missing on the
    /// way to it; an empty one is taken; one that holds other files, on `initialize` only.
    ///
    /// *Errors*: `.notInitialized`, or what the disk said.
    static func prepare(
        _ configuration: ArchiveConfiguration,
        on disk: any FileSystem,
        report: ArchiveRemark.Report
    ) throws(ArchiveError) {
        let path = configuration.path
        guard try !exists(markerPath(in: path), on: disk) else { return }
        let isThere = try exists(path, on: disk)
        if !configuration.initialize {
            guard !configuration.markerRequired else {
                throw ArchiveError(
                    .notInitialized,
                    "\(path) \(isThere ? "is no archive" : "does not exist"), and a marker is required: mount its "
                        + "disk, or, if it is the right place, start once with --initialize"
                )
            }
            if isThere { try requireEmpty(path, on: disk) }
        }
        if !isThere { try make(path, on: disk) }
        try initialize(path, on: disk)
        report(
            ArchiveRemark(
                .information,
                isThere ? "made an archive of \(path), which existed" : "made the archive \(path)"
            )
        )
    }

    private static func exists(_ path: FilePath, on disk: any FileSystem) throws(ArchiveError) -> Bool {
        do throws(SystemError) {
            _ = try SystemError.retrying { () throws(SystemError) in try disk.status(ofPath: path) }
            return true
        } catch {
            guard error.code == ENOENT else { throw ArchiveError(error, doing: "look at \(path)") }
            return false
        }
    }

    /// What an empty directory may hold: a start that was broken off, and what mkfs puts into each new file system.
    private static func isOwn(_ name: String) -> Bool {
        [ownDirectory, "lost+found"].contains(name) || name.hasPrefix(trialPrefix)
    }

    private static func requireEmpty(_ path: FilePath, on disk: any FileSystem) throws(ArchiveError) {
        let directory = try open(path, on: disk)
        let names = try attempt("list \(path)") { () throws(SystemError) in
            try disk.names(in: directory.descriptor)
        }
        let others = names.filter { !isOwn($0) }
        guard others.isEmpty else {
            throw ArchiveError(
                .notInitialized,
                "\(path) is no archive, and holds other files (\(some(of: others))): name another directory, or, "
                    + "if it is the right place, start once with --initialize"
            )
        }
    }

    /// Makes a directory, and those on the way to it that are missing.
    private static func make(_ path: FilePath, on disk: any FileSystem) throws(ArchiveError) {
        var missing: [FilePath] = [path]
        while let last = missing.last, parent(of: last) != last, try !exists(parent(of: last), on: disk) {
            missing.append(parent(of: last))
        }
        for path in missing.reversed() {
            // Open before a name appears in it, because a write-back that fails is told to the descriptors that were
            // open.
            let parent = try open(parent(of: path), on: disk)
            try attempt("make \(path)") { () throws(SystemError) in
                try ignoring(EEXIST) { () throws(SystemError) in try disk.makeDirectory(at: path) }
                try parent.synchronize(.everything)
            }
        }
    }

    /// The marker comes last: with it, everything else is there, and durable.
    static func initialize(_ path: FilePath, on disk: any FileSystem) throws(ArchiveError) {
        let root = try open(path, on: disk)
        let own = try ensure(ownDirectory, in: root, "make \(path)/\(ownDirectory)")
        try synchronizeParents(of: path, root)
        try attempt("make \(markerPath(in: path))") { () throws(SystemError) in
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

    /// Makes the names on the way to the archive durable: an earlier start may have made them and been killed. Where
    /// another file system begins there is nothing of ours, nor in what may not be read.
    private static func synchronizeParents(of path: FilePath, _ root: OpenFile) throws(ArchiveError) {
        let disk = root.disk
        var path = path
        while parent(of: path) != path {
            path = parent(of: path)
            let current = path
            let directory: OpenFile
            do throws(SystemError) {
                directory = try OpenFile(on: disk) { disk throws(SystemError) in
                    try disk.openDirectory(at: current)
                }
            } catch {
                guard error.code != EACCES else { return }
                throw ArchiveError(error, doing: "open \(current)")
            }
            let isOurs = try attempt("sync \(current)") { () throws(SystemError) in
                let isOurs =
                    try disk.status(of: directory.descriptor).device == disk.status(of: root.descriptor).device
                if isOurs { try directory.synchronize(.everything) }
                return isOurs
            }
            guard isOurs else { return }
        }
    }

    /// The directory that a path's last component is in; that of `/` and of `.` is the same again.
    private static func parent(of path: FilePath) -> FilePath {
        let parent = path.removingLastComponent()
        return parent.isEmpty ? "." : parent
    }

    private static let markerText = """
        This directory is an archive of dicom-node. The file tells the node that the disk is mounted:
        without it nothing is written here.

        """
}
