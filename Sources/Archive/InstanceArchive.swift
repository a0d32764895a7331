package import Instances

/// Files instances, each whole or not at all, and says "stored" only of what a power cut cannot take back.
///
/// Synchronous: every call may wait for the disk, so `LocalArchive` decides on which threads they are made. All calls
/// may be made from any thread at once. How the archive writes, and what that is worth, is in docs/durability.md.
///
/// *Resources*: at rest four descriptors to `restingDescriptorsMax`; one more for each pending instance.
package final class InstanceArchive: Sendable {
    package let configuration: ArchiveConfiguration
    let root: CurrentRoot
    private let commits: DataStage
    private let names: NameStage
    let freeSpace: FreeSpace

    /// Those of its root, and of the directories it keeps open.
    package static let restingDescriptorsMax = 4 + KeptDirectories.countMax

    /// Opens the archive, and clears away what an earlier process left half-written.
    ///
    /// - Parameter observer: Told of instances that are safe.
    /// - Throws: `.notInitialized`, `.inUse`, `.configuration`, or what the disk said.
    package init(
        _ configuration: ArchiveConfiguration,
        fileSystem: any FileSystem = POSIXFileSystem(),
        observer: (any ArchiveObserver)? = nil
    ) throws(ArchiveError) {
        self.configuration = configuration
        let root = try CurrentRoot(configuration, on: fileSystem)
        self.root = root
        let costs = SyncCosts(countMin: configuration.wholeFileSystemSyncMin)
        names = NameStage(configuration, costs: costs, observer: observer) {
            Result { () throws(ArchiveError) in try root.get() }
        }
        freeSpace = FreeSpace(minimum: configuration.minimumFree)
        commits = DataStage(configuration, costs: costs, next: names)
    }

    /// Begins an instance. Its head is written together with its first bytes.
    ///
    /// - Throws: `.unavailable` while the archive's disk is gone; `.outOfSpace`; what the disk said.
    package func begin(_ meta: FileMetaInformation) throws(ArchiveError) -> PendingInstance {
        let root = try root.get()
        try freeSpace.check(root)
        let temporary = try attempt("make a file") { () throws(SystemError) in try Temporary(in: root) }
        let writeBack = configuration.sync == .always ? WriteBack(stride: configuration.writeBackStride) : nil
        return PendingInstance(
            meta,
            in: temporary,
            keywords: configuration.layout.requiredKeywords,
            writeBack: writeBack
        )
    }

    /// Gives a finished instance its name at once, where that waits for nothing: names need no sync, the directory is
    /// open and in its place, and the name is free. Nil: nothing has happened, and the instance is to be committed.
    package func place(_ pending: borrowing PendingInstance) -> StoredInstance? {
        guard configuration.sync == .never, let finished = pending.finished else { return nil }
        guard let stored = names.place(pending, finished) else { return nil }
        freeSpace.wrote(pending.dataSetLength)
        return stored
    }

    /// Makes a finished instance durable under its name.
    ///
    /// Commits that come together share their syncs: a thread that finds few at work joins them, and works until no
    /// instance waits; every other one returns at once.
    ///
    /// - Parameter completion: Called once, perhaps before this returns, on the thread that did the work. It must
    ///   neither wait nor commit.
    package func commit(
        _ pending: consuming PendingInstance,
        completion: @escaping @Sendable (Result<StoredInstance, ArchiveError>) -> Void
    ) {
        if let failure = pending.failure { return completion(.failure(failure)) }
        guard let finished = pending.finished else {
            return completion(.failure(ArchiveError(.unavailable, "the instance is not complete")))
        }
        freeSpace.wrote(pending.dataSetLength)
        commits.add(Commit(pending, finished, completion: completion))
    }
}
