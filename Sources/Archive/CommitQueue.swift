import Synchronization

/// An instance that waits for its name.
struct Commit: Sendable {
    let temporary: Temporary
    let transferSyntaxUID: String
    let headerLength: Int
    let dataSetLength: UInt64
    let keys: InstanceKeys
    let completion: @Sendable (Result<StoredInstance, ArchiveError>) -> Void

    init(
        _ pending: consuming PendingInstance,
        keys: InstanceKeys,
        completion: @escaping @Sendable (Result<StoredInstance, ArchiveError>) -> Void
    ) {
        temporary = pending.temporary
        transferSyntaxUID = pending.meta.transferSyntaxUID
        headerLength = pending.headerLength
        dataSetLength = pending.dataSetLength
        self.keys = keys
        self.completion = completion
    }
}

/// Group commit: at any time at most one thread commits, and takes all that wait as one batch.
///
/// There is no thread of the archive's own, hence none to start, stop or lose: the leader is whoever came first.
final class CommitQueue: Sendable {
    private struct State {
        var waiting: [Commit] = []
        var hasLeader = false
    }

    private let state = Mutex(State())
    /// Only the leader holds it, for the length of a batch.
    private let committer: Mutex<Committer>

    init(_ committer: Committer) { self.committer = Mutex(committer) }

    /// - Parameter root: Asked once for each batch, just before it is written.
    func add(_ commit: Commit, root: () throws(ArchiveError) -> Root) {
        let leads = state.withLock { state in
            state.waiting.append(commit)
            defer { state.hasLeader = true }
            return !state.hasLeader
        }
        guard leads else { return }
        while let batch = takeBatch() {
            let results = committer.withLock { $0.run(batch, root: root) }
            for (commit, result) in zip(batch, results) { commit.completion(result) }
        }
    }

    /// All that wait, or nil: then there is no leader any more.
    private func takeBatch() -> [Commit]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.hasLeader = false
                return nil
            }
            defer { state.waiting = [] }
            return state.waiting
        }
    }
}
