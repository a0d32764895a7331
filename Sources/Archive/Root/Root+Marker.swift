import Glibc
import Synchronization
import SystemPackage

extension Root {
    static let markerName = "marker"

    /// The file that tells that the archive's disk is there.
    struct Marker: Sendable {
        /// Holds the node's lock.
        let file: OpenFile
        let status: FileStatus
    }

    static func markerPath(in path: FilePath) -> FilePath {
        path.appending(ownDirectory).appending(markerName)
    }

    /// Opens the marker, and locks it for the node.
    static func lockMarker(in own: OpenFile, _ path: FilePath, as role: ArchiveRole) throws(ArchiveError) -> Marker {
        let disk = own.disk
        let file = try attempt("open \(markerPath(in: path))") { () throws(SystemError) in
            try OpenFile(on: disk) { disk throws(SystemError) in
                try disk.openFile(markerName, in: own.descriptor)
            }
        }
        if role == .node {
            try lock(
                file,
                markerPath(in: path),
                "another process has the archive \(path) open: stop it, or name another directory"
            )
        }
        let status = try attempt("look at \(markerPath(in: path))") { () throws(SystemError) in
            try disk.status(of: file.descriptor)
        }
        return Marker(file: file, status: status)
    }

    /// Has an adopter's own directory to itself.
    func lockIncoming(_ incoming: OpenFile) throws(ArchiveError) {
        guard role == .adopter else { return }
        try Root.lock(incoming, incomingPath, "files are being adopted into \(path) already: wait until that is done")
    }

    private static func lock(
        _ file: OpenFile,
        _ path: FilePath,
        _ isTaken: @autoclosure () -> String
    ) throws(ArchiveError) {
        do throws(SystemError) {
            try SystemError.retrying { () throws(SystemError) in try file.disk.lock(file.descriptor) }
        } catch {
            guard error.code != EWOULDBLOCK else { throw ArchiveError(.inUse, isTaken()) }
            throw ArchiveError(error, doing: "lock \(path)")
        }
    }

    /// Whether this is the marker of this root.
    func isMarker(_ found: FileStatus) -> Bool {
        let known = marker.withLock { $0.status }
        return known.device == found.device && known.inode == found.inode
    }

    /// Makes the marker again, if the directory that is open is what is found at the archive's path: then its disk is
    /// there, and only the marker was removed.
    ///
    /// *Errors*: `.unavailable` if the disk is gone; what the disk said.
    func makeMarkerAgain() throws(ArchiveError) {
        let found = try? SystemError.retrying { () throws(SystemError) in try disk.status(ofPath: path) }
        guard found?.device == directoryStatus.device, found?.inode == directoryStatus.inode else {
            throw ArchiveError(.unavailable, "\(Root.markerPath(in: path)) is gone: is its disk mounted?")
        }
        try Root.initialize(path, on: disk)
        let own = try Root.open(Root.ownDirectory, in: directory, "open \(path)/\(Root.ownDirectory)")
        let made = try Root.lockMarker(in: own, path, as: role)
        marker.withLock { $0 = made }
        report(ArchiveRemark(.warning, "\(Root.markerPath(in: path)) was removed, and is made again"))
    }
}
