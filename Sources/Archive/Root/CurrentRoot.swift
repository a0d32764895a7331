import Glibc
import Synchronization

/// The archive's directory, as long as it is what is found at its path.
///
/// A disk that was unmounted shows its bare mount point there, without the marker: then nothing is written. When it is
/// back, perhaps as another mount, it is opened anew.
final class CurrentRoot: Sendable {
    private let disk: any FileSystem
    private let path: String
    private let markerPath: String
    private let root: Mutex<Root>

    init(_ configuration: ArchiveConfiguration, on disk: any FileSystem) throws(ArchiveError) {
        self.disk = disk
        path = configuration.path
        markerPath = "\(path)/\(Root.ownDirectory)/\(Root.markerName)"
        try Root.prepare(configuration, on: disk)
        root = Mutex(try Root(configuration.path, on: disk))
    }

    /// - Throws: `.unavailable` while the disk is gone.
    func get() throws(ArchiveError) -> Root {
        let found: FileStatus
        do throws(SystemError) {
            found = try SystemError.retrying { () throws(SystemError) in try disk.status(ofPath: markerPath) }
        } catch {
            guard error.code != ENOENT, error.code != ENOTDIR else {
                throw ArchiveError(.unavailable, "the archive's marker is gone: is its disk mounted?")
            }
            throw ArchiveError(error, doing: "look at the archive's marker")
        }
        let result = root.withLock { root in
            Result { () throws(ArchiveError) in
                if root.markerStatus.device != found.device || root.markerStatus.inode != found.inode {
                    root = try Root(path, on: disk)
                }
                return root
            }
        }
        return try result.get()
    }
}
