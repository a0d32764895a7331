import Synchronization
import SystemPackage

/// Directories that stay open between batches, since the next instance usually goes where the last one went.
///
/// A directory may be moved, removed or unmounted at any time, so it is used again only if it is still what is found at
/// its path: one status in place of opening each directory on the way.
///
/// All calls may be made from any thread at once; none holds the lock while it asks the disk.
///
/// *Resources*: at most `countMax` descriptors, closed when another directory takes the place, or with the archive.
final class KeptDirectories: Sendable {
    /// Enough for the series that a few modalities send at once.
    static let countMax = 8

    /// One that is open.
    struct Kept: Sendable {
        let root: Root
        /// Of the directory and each one on the way to it, below the archive's.
        let paths: [String]
        let handle: OpenFile
        fileprivate let path: String
        /// The path by which the disk is asked.
        fileprivate let location: FilePath
        let status: FileStatus
    }

    /// The archive's directory.
    private let archivePath: FilePath
    /// Least recently used first.
    private let kept = Mutex<[Kept]>([])

    init(_ configuration: ArchiveConfiguration) {
        archivePath = configuration.path
    }

    /// A directory of the archive as it is open in `root`, if that is kept and still in its place.
    func find(_ path: String, in root: Root) -> Kept? {
        let found = kept.withLock { kept -> Kept? in
            guard let index = kept.lastIndex(where: { $0.path == path }) else { return nil }
            if index < kept.count - 1 { kept.append(kept.remove(at: index)) }
            return kept.last
        }
        guard let found else { return nil }
        guard found.root === root, isInPlace(found) else {
            kept.withLock { $0.removeAll { $0.handle === found.handle } }
            return nil
        }
        return found
    }

    /// Keeps a directory that was opened just now.
    func keep(_ handle: OpenFile, _ paths: [String], in root: Root) {
        guard let path = paths.last, let status = try? handle.disk.status(of: handle.descriptor) else { return }
        kept.withLock { kept in
            kept.removeAll { $0.path == path || $0.root !== root }
            if kept.count == Self.countMax { kept.removeFirst() }
            kept.append(
                Kept(
                    root: root,
                    paths: paths,
                    handle: handle,
                    path: path,
                    location: archivePath.appending(path),
                    status: status
                )
            )
        }
    }

    /// Lets all go.
    func clear() {
        kept.withLock { $0 = [] }
    }

    /// Asks the disk whether the directory is what is found at its path.
    private func isInPlace(_ directory: Kept) -> Bool {
        let found = try? SystemError.retrying { () throws(SystemError) in
            try directory.handle.disk.status(ofPath: directory.location)
        }
        return found?.device == directory.status.device && found?.inode == directory.status.inode
    }
}
