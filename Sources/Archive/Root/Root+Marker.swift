import Glibc
import Synchronization
import SystemPackage

extension Root {
    static let markerName = "marker"

    /// The file that tells that the archive's disk is there.
    struct Marker: Sendable {
        /// Holds the lock.
        let file: OpenFile
        let status: FileStatus
    }

    static func markerPath(in path: FilePath) -> FilePath {
        path.appending(ownDirectory).appending(markerName)
    }

    static func lockMarker(in own: OpenFile, _ path: FilePath) throws(ArchiveError) -> Marker {
        let disk = own.disk
        let file = try attempt("open \(markerPath(in: path))") { () throws(SystemError) in
            try OpenFile(on: disk) { disk throws(SystemError) in
                try disk.openFile(markerName, in: own.descriptor)
            }
        }
        do throws(SystemError) {
            try SystemError.retrying { () throws(SystemError) in try disk.lock(file.descriptor) }
        } catch {
            guard error.code != EWOULDBLOCK else {
                throw ArchiveError(
                    .inUse,
                    "another process has the archive \(path) open: stop it, or name another directory"
                )
            }
            throw ArchiveError(error, doing: "lock \(markerPath(in: path))")
        }
        let status = try attempt("look at \(markerPath(in: path))") { () throws(SystemError) in
            try disk.status(of: file.descriptor)
        }
        return Marker(file: file, status: status)
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
        let made = try Root.lockMarker(in: own, path)
        marker.withLock { $0 = made }
        report(ArchiveRemark(.warning, "\(Root.markerPath(in: path)) was removed, and is made again"))
    }
}
