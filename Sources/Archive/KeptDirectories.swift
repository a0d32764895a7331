/// Directories that stay open between batches, since the next instance usually goes where the last one went.
///
/// A directory may be moved, removed or unmounted at any time, so it is used again only if it is still what is found at
/// its path: one status in place of opening each directory on the way, and of the look at the marker, since what is found
/// below the archive's path is on the archive's disk.
///
/// *Resources*: at most `countMax` descriptors, closed when another directory takes the place, or with the archive.
struct KeptDirectories: Sendable {
    /// Enough for the series that a few modalities send at once.
    static let countMax = 8

    private struct Kept {
        let root: Root
        /// Of the directory and each one on the way to it, below the archive's.
        let paths: [String]
        let handle: OpenFile
        let status: FileStatus
        var path: String { paths.last ?? "" }
    }

    /// The archive's directory.
    private let archivePath: String
    /// Names must be durable, not only there.
    private let isDurable: Bool
    /// The one that was used last is last.
    private var kept: [Kept] = []
    /// The last one was found in its place by this batch.
    private var isConfirmed = false

    init(_ configuration: ArchiveConfiguration) {
        archivePath = configuration.path
        isDurable = configuration.sync == .always
    }

    /// Begins a batch. The root that the directory used last is below, if that is still in its place.
    mutating func confirm() -> Root? {
        guard let last = kept.last, isInPlace(last) else {
            clear()
            return nil
        }
        isConfirmed = true
        return last.root
    }

    /// A directory that is in its place, and whose names on the way need no sync.
    mutating func directory(_ path: String, in root: Root, _ memory: DirectoryMemory) -> OpenFile? {
        guard let index = kept.lastIndex(where: { $0.path == path }) else { return nil }
        let found = kept[index]
        let isLast = index == kept.count - 1
        guard found.root === root, !isDurable || found.paths.allSatisfy(memory.durable.contains),
            isLast && isConfirmed || isInPlace(found)
        else {
            kept.remove(at: index)
            if isLast { isConfirmed = false }
            return nil
        }
        if !isLast { kept.append(kept.remove(at: index)) }
        isConfirmed = true
        return found.handle
    }

    /// Keeps a directory that this batch opened.
    mutating func keep(_ handle: OpenFile, _ paths: [String], in root: Root) {
        guard let path = paths.last, let status = try? handle.disk.status(of: handle.descriptor) else { return }
        kept.removeAll { $0.path == path || $0.root !== root }
        if kept.count == Self.countMax { kept.removeFirst() }
        kept.append(Kept(root: root, paths: paths, handle: handle, status: status))
        isConfirmed = true
    }

    /// Lets all go.
    mutating func clear() {
        kept = []
        isConfirmed = false
    }

    private func isInPlace(_ directory: Kept) -> Bool {
        let found = try? SystemError.retrying { () throws(SystemError) in
            try directory.handle.disk.status(ofPath: "\(archivePath)/\(directory.path)")
        }
        return found?.device == directory.status.device && found?.inode == directory.status.inode
    }
}
