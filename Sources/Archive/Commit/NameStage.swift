import Glibc
import Synchronization

/// The second half of group commit: gives instances whose bytes are durable their names, and makes the names durable.
///
/// One thread at a time does this, for all that wait as one batch: names, then every directory in which one appeared,
/// then the answers. Who comes meanwhile leaves his instances and returns. So what a taken name means is decided by one
/// at a time; beside them, where nothing is synced, ``place(_:)`` takes only names that are free, and the kernel keeps two
/// of one name apart.
final class NameStage: Sendable {
    private struct State {
        var waiting: [Commit] = []
        var hasLeader = false
    }

    /// What only the leader touches.
    private struct Work {
        var memory = DirectoryMemory()
        var costs: SyncCosts
    }

    private let state = Mutex(State())
    private let work: Mutex<Work>
    private let kept: KeptDirectories
    private let configuration: ArchiveConfiguration
    private let root: @Sendable () -> Result<Root, ArchiveError>

    /// - Parameter root: Asked just before names are given, unless a directory below it is found in its place.
    init(_ configuration: ArchiveConfiguration, root: @escaping @Sendable () -> Result<Root, ArchiveError>) {
        self.configuration = configuration
        self.root = root
        kept = KeptDirectories(configuration)
        work = Mutex(Work(costs: SyncCosts(countMin: configuration.wholeFileSystemSyncMin)))
    }

    /// Gives an instance its name without waiting for anybody: where names need no sync, the directory is open and in its place,
    /// and the name is free. Otherwise nothing has happened, and the instance is for ``add(_:)``, which says why.
    func place(_ commit: Commit) -> StoredInstance? {
        guard configuration.sync == .never,
            let path = try? configuration.layout.path(for: commit.keys, received: commit.received)
        else { return nil }
        let (parent, name) = (path.directories.joined(separator: "/"), path.name(copy: 1))
        guard let directory = kept.find(parent), directory.root === commit.temporary.root, kept.isInPlace(directory),
            (try? commit.temporary.place(as: name, in: directory.handle.descriptor)) != nil
        else { return nil }
        return StoredInstance(path: "\(parent)/\(name)", outcome: .stored)
    }

    func add(_ commits: [Commit]) {
        let leads = state.withLock { state in
            state.waiting += commits
            defer { state.hasLeader = true }
            return !state.hasLeader
        }
        guard leads else { return }
        while let batch = take() {
            let results = work.withLock { work in run(batch, &work) }
            for (commit, result) in zip(batch, results) { commit.completion(result) }
        }
    }

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

    private func run(_ batch: [Commit], _ work: inout Work) -> [Result<StoredInstance, ArchiveError>] {
        let confirmed = kept.last()
        let root: Root
        switch confirmed.map({ .success($0.root) }) ?? self.root() {
        case .success(let current): root = current
        case .failure(let failure): return batch.map { _ in .failure(failure) }
        }
        let tree = DirectoryTree(
            root,
            memory: work.memory,
            kept: kept,
            confirmed: confirmed,
            isDurable: configuration.sync == .always
        )
        var placement = Placement(configuration: configuration, tree: tree)
        placement.tree.removeDoubtful()
        var entries = batch.map(Entry.init)
        for index in entries.indices {
            entries[index].check(isFrom: root)
            if entries[index].failure == nil { placement.place(&entries[index]) }
        }
        if configuration.sync == .always {
            synchronize(&placement.tree, root, &work.costs)
            for index in entries.indices { placement.judge(&entries[index]) }
            placement.tree.removeDoubtful()
            work.memory = placement.tree.memory
        }
        if entries.contains(where: { $0.failure != nil }) { kept.clear() }
        return entries.map(\.result)
    }

    private func synchronize(_ tree: inout DirectoryTree, _ root: Root, _ costs: inout SyncCosts) {
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
