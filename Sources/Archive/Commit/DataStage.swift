import Synchronization

/// The first half of group commit: makes instances' bytes durable.
///
/// A thread that finds no other at work leads: it works until no instance waits. Every other one leaves its instance
/// and returns. An instance that waits alone is synced by itself; where more wait, all of them by one sync of the file
/// system, and the longer that takes, the more the next one covers.
///
/// Where such a sync may not stand for theirs, or takes longer than theirs, up to `syncsInParallel` threads work at
/// once, each on one instance, so that they share flushes of the device.
final class DataStage: Sendable {
    private struct State {
        var waiting: [Commit] = []
        var workers = 0
        /// A thread syncs the file system. Two at once would share one telling of an error.
        var isWholeUnderWay = false
    }

    private let state = Mutex(State())
    private let costs: SyncCosts
    private let configuration: ArchiveConfiguration
    private let next: NameStage

    init(_ configuration: ArchiveConfiguration, costs: SyncCosts, next: NameStage) {
        self.configuration = configuration
        self.costs = costs
        self.next = next
    }

    func add(_ commit: Commit) {
        guard configuration.sync == .always else { return next.add([commit]) }
        let joins = state.withLock { state in
            state.waiting.append(commit)
            let sharesWhole =
                commit.temporary.root.syncIsTrusted && costs.mayPreferWhole(count: state.waiting.count)
            guard state.workers < (sharesWhole ? 1 : max(1, configuration.syncsInParallel)) else {
                return false
            }
            state.workers += 1
            return true
        }
        guard joins else { return }
        while let (batch, isWhole) = take() {
            let synced = isWhole ? synchronizeFileSystem(for: batch) : batch.filter(synchronize)
            if !synced.isEmpty { next.add(synced) }
        }
    }

    /// What to sync next, or nil: then this worker has left.
    private func take() -> (batch: [Commit], isWhole: Bool)? {
        state.withLock { state in
            guard let first = state.waiting.first else {
                state.workers -= 1
                return nil
            }
            let root = first.temporary.root
            guard root.syncIsTrusted, !state.isWholeUnderWay, costs.prefersWhole(count: state.waiting.count)
            else {
                state.waiting.removeFirst()
                return ([first], false)
            }
            // A file that was open when such a sync failed may be the one that failed; only its own sync still tells.
            // And another disk's files are not in this file system.
            let failedSyncs = root.failedSyncs
            let isCovered = { (commit: Commit) in
                commit.temporary.root === root && commit.temporary.failedSyncs == failedSyncs
            }
            guard isCovered(first) else {
                state.waiting.removeFirst()
                return ([first], false)
            }
            let batch = state.waiting.filter(isCovered)
            state.waiting.removeAll(where: isCovered)
            state.isWholeUnderWay = true
            return (batch, true)
        }
    }

    private func synchronizeFileSystem(for batch: [Commit]) -> [Commit] {
        guard let root = batch.first?.temporary.root else { return [] }
        let start = root.disk.now()
        do throws(SystemError) {
            try root.synchronizeData()
        } catch {
            // Whose bytes were lost is not told, so all are given up.
            state.withLock { $0.isWholeUnderWay = false }
            let failure = ArchiveError(error, doing: "sync the instances' data")
            for commit in batch { commit.completion(.failure(failure)) }
            return []
        }
        let taken = root.disk.now() - start
        costs.record(whole: taken)
        state.withLock { $0.isWholeUnderWay = false }
        return batch
    }

    private func synchronize(_ commit: Commit) -> Bool {
        let disk = commit.temporary.root.disk
        let start = disk.now()
        do throws(SystemError) {
            try commit.temporary.file.synchronize(.data)
        } catch {
            // Never tried again: the kernel forgets which pages it could not write.
            commit.completion(.failure(ArchiveError(error, doing: "sync the instance's data")))
            return false
        }
        let taken = disk.now() - start
        costs.record(one: taken)
        return true
    }
}
