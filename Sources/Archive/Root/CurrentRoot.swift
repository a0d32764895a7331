import Glibc
import Synchronization
import SystemPackage

/// The archive's directory, as long as it is what is found at its path.
///
/// A disk that was unmounted shows its bare mount point there, without the marker: then nothing is written. When it is
/// back, perhaps as another mount, it is opened anew.
final class CurrentRoot: Sendable {
    private let disk: any FileSystem
    private let path: FilePath
    private let markerPath: FilePath
    private let markerRequired: Bool
    private let role: ArchiveRole
    private let report: ArchiveRemark.Report
    private let root: Mutex<Root>

    init(
        _ configuration: ArchiveConfiguration,
        on disk: any FileSystem,
        report: @escaping ArchiveRemark.Report
    ) throws(ArchiveError) {
        self.disk = disk
        self.report = report
        path = configuration.path
        markerPath = Root.markerPath(in: configuration.path)
        markerRequired = configuration.markerRequired
        role = configuration.role
        try Root.prepare(configuration, on: disk, report: report)
        root = Mutex(try Root(configuration.path, on: disk, as: role, report: report))
    }

    /// - Throws: `.unavailable` while the disk is gone.
    func get() throws(ArchiveError) -> Root {
        let seen = try marker()
        let result = root.withLock { root in
            Result { () throws(ArchiveError) in
                // Another thread may have made it again meanwhile.
                let found = if let seen { seen } else { try marker() }
                if let found {
                    if !root.isMarker(found) { root = try Root(path, on: disk, as: role, report: report) }
                } else if markerRequired {
                    throw ArchiveError(.unavailable, "\(markerPath) is gone: is its disk mounted?")
                } else {
                    try root.makeMarkerAgain()
                }
                return root
            }
        }
        return try result.get()
    }

    /// What is found at the marker's path; nil: nothing.
    private func marker() throws(ArchiveError) -> FileStatus? {
        do throws(SystemError) {
            return try SystemError.retrying { () throws(SystemError) in try disk.status(ofPath: markerPath) }
        } catch {
            guard error.code != ENOENT, error.code != ENOTDIR else { return nil }
            throw ArchiveError(error, doing: "look at \(markerPath)")
        }
    }
}
