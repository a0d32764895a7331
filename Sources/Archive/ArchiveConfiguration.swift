package import Instances
package import SystemPackage

/// How an archive is kept.
package struct ArchiveConfiguration: Sendable {
    /// The archive's directory. One that does not exist is made, with what is missing on the way to it; an empty one is
    /// taken. What else exists must have been made by an archive, or `initialize` be set.
    package var path: FilePath
    package var layout: Layout
    package var sync: SyncPolicy
    package var duplicates: DuplicatePolicy
    /// Bytes of the disk that are to stay free: with less, instances are refused before their data is written.
    package var minimumFree: UInt64
    /// What is kept in an extended attribute of each file, where the file system has them.
    package var digest: DigestAlgorithm
    /// Makes an archive of a directory that exists, whatever is in it.
    package var initialize: Bool
    /// Takes only a directory that is an archive already: a missing or empty one may be where a disk is to be mounted
    /// that is not there, and what is filed beneath would vanish when it comes back.
    package var markerRequired: Bool
    /// Which of the archive's writers this is.
    package var role = ArchiveRole.node
    /// From how many files, or directories, on one sync of the whole file system may take the place of theirs.
    package var wholeFileSystemSyncMin = 2
    /// How many threads may wait for syncs of instances' bytes at once where they cannot be covered by one sync; at
    /// least 1. One more may be waiting for directories.
    package var syncsInParallel = 8
    /// Bytes of one instance that may be unwritten before they are written back, while it still arrives.
    package var writeBackStride: UInt64 = 8 << 20

    package init(
        path: FilePath,
        sync: SyncPolicy = .always,
        duplicates: DuplicatePolicy = .keepBoth,
        layout: Layout = Layout(),
        minimumFree: UInt64 = 0,
        digest: DigestAlgorithm = .xxh3,
        initialize: Bool = false,
        markerRequired: Bool = false
    ) {
        self.path = path
        self.sync = sync
        self.duplicates = duplicates
        self.layout = layout
        self.minimumFree = minimumFree
        self.digest = digest
        self.initialize = initialize
        self.markerRequired = markerRequired
    }
}

/// Who files instances in an archive. Of each there is one process at most, and one of each may be at work at once:
/// names are given without overwriting, and each has a place of its own for what has no name yet.
package enum ArchiveRole: Sendable {
    /// The node, to which modalities send.
    case node
    /// What brings files from elsewhere. It takes no name back: the node may have answered for the instance by then.
    case adopter

    /// Below the archive's own directory, what this writer has without a final name.
    var incomingName: String {
        switch self {
        case .node: "incoming"
        case .adopter: "adopting"
        }
    }
}

/// When an instance counts as stored.
package enum SyncPolicy: String, CaseIterable, Sendable {
    /// When it is on stable storage: its bytes, its name, and every directory on the way.
    case always
    /// When the kernel has it. Whole or absent still holds, but for a power cut.
    case never
}

/// What becomes of an instance whose name is taken by one with other bytes (or another transfer syntax). One with the
/// same bytes is always a success, and never filed twice.
package enum DuplicatePolicy: String, CaseIterable, Sendable {
    /// It is filed beside the first, as `…~2.dcm`, `…~3.dcm`.
    case keepBoth = "keep-both"
    /// It is dropped, and answered as if it had been filed.
    case keepFirst = "keep-first"
    /// It takes the first one's place.
    case replace
    /// It is refused.
    case reject
}
