import Glibc
import Instances
import Synchronization

/// The second half of group commit: gives instances whose bytes are durable their names, and makes the names durable.
///
/// One thread at a time does this, for all that wait as one batch: names, then every directory in which one appeared,
/// then the observer, then the answers. A thread that comes meanwhile leaves its instances and returns. So what a taken
/// name means is decided by one thread at a time.
final class NameStage: Sendable {
    private struct State {
        var waiting: [Commit] = []
        var hasLeader = false
    }

    private let state = Mutex(State())
    /// Only the leader touches it.
    private let memory = Mutex(DirectoryMemory())
    private let costs: SyncCosts
    private let kept: KeptDirectories
    private let configuration: ArchiveConfiguration
    private let observer: (any ArchiveObserver)?
    private let lookup: (any CopyLookup)?
    private let root: @Sendable () -> Result<Root, ArchiveError>

    /// - Parameter root: Asked just before the names of a batch are given.
    init(
        _ configuration: ArchiveConfiguration,
        costs: SyncCosts,
        observer: (any ArchiveObserver)?,
        lookup: (any CopyLookup)?,
        root: @escaping @Sendable () -> Result<Root, ArchiveError>
    ) {
        self.configuration = configuration
        self.costs = costs
        self.observer = observer
        self.lookup = lookup
        self.root = root
        kept = KeptDirectories(configuration)
    }

    func add(_ commits: [Commit]) {
        let leads = state.withLock { state in
            state.waiting += commits
            defer { state.hasLeader = true }
            return !state.hasLeader
        }
        guard leads else { return }
        while let batch = take() {
            let results = memory.withLock { memory in
                let results = run(batch, &memory)
                tell(batch, results)
                return results
            }
            for (commit, result) in zip(batch, results) { commit.completion(result) }
        }
    }

    /// Runs `body` while no instance is given its name, nor found to be there: the observer has been told of those
    /// before.
    func exclusively<Value>(_ body: () throws -> Value) rethrows -> Value { try memory.withLock { _ in try body() } }

    /// All that wait, or nil: then there is no leader any more.
    private func take() -> [Commit]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.hasLeader = false
                return nil
            }
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    private func run(_ batch: [Commit], _ memory: inout DirectoryMemory) -> [Result<StoredInstance, ArchiveError>] {
        let root: Root
        switch self.root() {
        case .success(let current): root = current
        case .failure(let failure): return batch.map { _ in .failure(failure) }
        }
        let tree = DirectoryTree(root, memory: memory, kept: kept, isDurable: configuration.sync == .always)
        var placement = Placement(configuration: configuration, tree: tree, lookup: lookup)
        placement.tree.removeDoubtful()
        var entries = batch.map(Entry.init)
        for index in entries.indices {
            entries[index].check(isFrom: root)
            if entries[index].failure == nil { placement.place(&entries[index]) }
        }
        if configuration.sync == .always {
            synchronize(&placement.tree, root)
            for index in entries.indices { placement.judge(&entries[index]) }
            placement.tree.removeDoubtful()
            memory = placement.tree.memory
        }
        if entries.contains(where: { $0.failure != nil }) { kept.clear() }
        return entries.map(\.result)
    }

    private func tell(_ batch: [Commit], _ results: [Result<StoredInstance, ArchiveError>]) {
        guard let observer else { return }
        let archived = zip(batch, results).compactMap { commit, result in
            (try? result.get()).map { ArchivedInstance(commit, $0) }
        }
        if !archived.isEmpty { observer.archived(archived) }
    }

    private func synchronize(_ tree: inout DirectoryTree, _ root: Root) {
        let count = tree.changed.count
        guard count > 0 else { return }
        let isWhole = root.syncIsTrusted && costs.prefersWhole(count: count)
        let start = root.disk.now()
        tree.synchronize(wholeFileSystem: isWhole)
        let taken = root.disk.now() - start
        if isWhole { costs.record(whole: taken) } else { costs.record(one: taken / UInt64(count)) }
    }
}

/// One instance of a batch.
struct Entry {
    let commit: Commit
    var failure: ArchiveError?
    var stored: StoredInstance?
    /// The directory that holds its name, or that of the copy it was found to be identical with.
    var directory: DirectoryTree.Node?
    /// Where it is, if this batch put it there.
    var placedPath: String?
    var doubtIfNotSynced = DirectoryMemory.Doubt.file

    init(_ commit: Commit) { self.commit = commit }

    mutating func check(isFrom root: Root) {
        guard commit.temporary.root !== root else { return }
        failure = ArchiveError(.unavailable, "the archive's disk was exchanged while the instance arrived")
    }

    var result: Result<StoredInstance, ArchiveError> {
        if let failure { return .failure(failure) }
        guard let stored else {
            return .failure(ArchiveError(.io(EIO), "the instance was not placed"))
        }
        return .success(stored)
    }
}

extension ArchivedInstance {
    fileprivate init(_ commit: Commit, _ stored: StoredInstance) {
        self.init(
            keys: commit.finished.keys,
            stored: stored,
            head: commit.head,
            dataSetLength: commit.dataSetLength,
            digest: commit.finished.digest,
            received: commit.finished.received,
            attributes: commit.finished.attributes
        )
    }
}
