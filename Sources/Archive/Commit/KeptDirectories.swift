import Synchronization
import SystemPackage

/// Directories that stay open between batches, since the next instance usually goes where the last one went.
///
/// A directory may be moved, removed or unmounted at any time, so it is used again only if it is still what is found at
/// its path: one status in place of opening each directory on the way, and of the look at the marker, since what is found
/// below the archive's path is on the archive's disk.
///
/// All calls may be made from any thread at once; none waits for another's look at the disk.
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
        fileprivate let status: FileStatus
        /// Where it has to be found.
        fileprivate let place: FilePath
        fileprivate var path: String { paths.last ?? "" }
    }

    /// The archive's directory.
    private let archivePath: FilePath
    /// The one that was used last is last.
    private let kept = Mutex<[Kept]>([])

    init(_ configuration: ArchiveConfiguration) {
        archivePath = configuration.path
    }

    /// The one that was used last, if it is in its place; otherwise none is kept any more.
    func last() -> Kept? {
        guard let last = kept.withLock({ $0.last }) else { return nil }
        guard isInPlace(last) else {
            clear()
            return nil
        }
        return last
    }

    /// A directory that is open, whether it is in its place or not.
    func find(_ path: String) -> Kept? {
        kept.withLock { kept in
            guard let index = kept.lastIndex(where: { $0.path == path }) else { return nil }
            if index < kept.count - 1 { kept.append(kept.remove(at: index)) }
            return kept.last
        }
    }

    /// Keeps a directory that was opened just now.
    func keep(_ handle: OpenFile, _ paths: [String], in root: Root) {
        guard let path = paths.last, let status = try? handle.disk.status(of: handle.descriptor) else { return }
        kept.withLock { kept in
            kept.removeAll { $0.path == path || $0.root !== root }
            if kept.count == Self.countMax { kept.removeFirst() }
            kept.append(
                Kept(root: root, paths: paths, handle: handle, status: status, place: archivePath.appending(path))
            )
        }
    }

    /// Lets one go.
    func remove(_ directory: Kept) {
        kept.withLock { $0.removeAll { $0.handle === directory.handle } }
    }

    /// Lets all go.
    func clear() {
        kept.withLock { $0 = [] }
    }

    /// Asks the disk whether the directory is what is found at its path.
    func isInPlace(_ directory: Kept) -> Bool {
        let found = try? SystemError.retrying { () throws(SystemError) in
            try directory.handle.disk.status(ofPath: directory.place)
        }
        return found?.device == directory.status.device && found?.inode == directory.status.inode
    }
}
