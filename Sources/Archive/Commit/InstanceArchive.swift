package import Instances
import SystemPackage

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
    private let lookup: (any CopyLookup)?
    let freeSpace: FreeSpace

    /// Those of its root, and of the directories it keeps open.
    package static let restingDescriptorsMax = 4 + KeptDirectories.countMax

    /// Opens the archive, clears away what an earlier process left half-written, and tries out what an instance will
    /// need.
    ///
    /// - Parameters:
    ///   - observer: Told of instances that are safe.
    ///   - lookup: Asked for copies under other paths.
    ///   - report: Told at once of what is no error, and later of what is made again.
    /// - Throws: `.notInitialized`, `.inUse`, `.configuration`, or what the disk said; with what to do about it.
    package init(
        _ configuration: ArchiveConfiguration,
        fileSystem: any FileSystem = POSIXFileSystem(),
        observer: (any ArchiveObserver)? = nil,
        lookup: (any CopyLookup)? = nil,
        report: @escaping ArchiveRemark.Report = { _ in }
    ) throws(ArchiveError) {
        self.configuration = configuration
        let root: CurrentRoot
        let freeSpace = FreeSpace(minimum: configuration.minimumFree)
        do throws(ArchiveError) {
            root = try CurrentRoot(configuration, on: fileSystem, report: report)
            try Self.tryOut(root, freeSpace, configuration, report)
        } catch {
            throw error.withCure(configuration.path, on: fileSystem)
        }
        self.root = root
        self.lookup = lookup
        self.freeSpace = freeSpace
        let costs = SyncCosts(countMin: configuration.wholeFileSystemSyncMin)
        names = NameStage(configuration, costs: costs, observer: observer, lookup: lookup) {
            Result { () throws(ArchiveError) in try root.get() }
        }
        commits = DataStage(configuration, costs: costs, next: names)
    }

    /// A full disk, and one with less room than is to stay free, is no reason not to start: instances are refused until
    /// there is room.
    private static func tryOut(
        _ root: CurrentRoot,
        _ freeSpace: FreeSpace,
        _ configuration: ArchiveConfiguration,
        _ report: ArchiveRemark.Report
    ) throws(ArchiveError) {
        do throws(ArchiveError) {
            let root = try root.get()
            // Trials are the node's, which takes those that are left for its own.
            if configuration.role == .node { try root.tryOut(configuration.sync) }
            try freeSpace.check(root)
        } catch {
            guard error.kind == .outOfSpace else { throw error }
            report(
                ArchiveRemark(
                    .warning,
                    "\(configuration.path): \(error): instances are refused (A700H) until there is room"
                )
            )
        }
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

    /// The name that the instance would get is taken, or there may be a copy elsewhere: its commit compares it with
    /// what is there, which reads both files.
    func isTaken(_ pending: borrowing PendingInstance) -> Bool {
        guard let finished = pending.finished,
            let path = try? configuration.layout.path(for: finished.keys, received: finished.received)
        else { return false }
        if lookup?.mayHave(finished.keys.sopInstanceUID) == true { return true }
        let place = configuration.path.appending(path.path(copy: 1))
        return (try? pending.temporary.root.disk.status(ofPath: place)) != nil
    }

    func exclusively<Value>(_ body: () throws -> Value) rethrows -> Value { try names.exclusively(body) }

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
