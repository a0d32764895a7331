import DIMSE
package import Instances
import Synchronization

/// The transactions under way, on disk and in memory: what ``CommitmentSCP`` adds, ``CommitmentReporting`` works off.
///
/// *Resources*: bounded by ``CommitmentLimits``: records, and for each some hundred bytes of memory.
package final class CommitmentTransactions: Sendable {
    /// What becomes of a request.
    enum Opening {
        /// It is recorded; not new: since an earlier request of the same content, which is under way.
        case recorded(CommitmentTransaction, isNew: Bool)
        /// Another request of this SCU has this Transaction UID, and is under way.
        case inUse
        case tooMany
        case failed(StoreError)
    }

    fileprivate struct State {
        var open: [String: CommitmentTransaction] = [:]
        var countByPeer: [String: Int] = [:]
        var bytes = 0
        /// Of earlier runs, until they have been read.
        var isLoaded = false
    }

    private let records: any RecordStore
    private let state = Mutex(State())
    /// To be checked.
    let checks = WaitingList<CommitmentTransaction>()
    /// With a result that is to be sent on an association of ours.
    let reports = WaitingList<CommitmentTransaction>()
    private let now: @Sendable () -> Int
    private let committed: Committed

    /// Told which instances an SCU has been told to be kept, and since when they are here at the latest: seconds since
    /// 1970. May wait for a disk; what it loses is lost.
    package typealias Committed = @Sendable (_ sopInstanceUIDs: [String], _ received: Int) async -> Void

    /// - Parameter now: Seconds since 1970.
    package init(
        records: any RecordStore,
        now: @escaping @Sendable () -> Int,
        committed: @escaping Committed = { _, _ in }
    ) {
        self.records = records
        self.now = now
        self.committed = committed
    }

    /// A result was answered: what is kept safely is committed to, if the SCU has taken the result.
    func reported(_ result: CommitmentResult, _ status: Status?, of transaction: CommitmentTransaction) async {
        guard status == .success || status?.category == .warning else { return }
        let kept = zip(result.references, result.failures).filter { $1 == nil }.map(\.0.sopInstanceUID)
        if !kept.isEmpty { await committed(kept, transaction.received) }
    }

    /// How many there are.
    package var count: Int { state.withLock { $0.open.count } }

    /// Records a request. When this returns `.recorded`, no kill and no power cut loses it.
    func open(_ request: CommitmentRequest, _ route: CommitmentRoute) async -> Opening {
        let record = CommitmentRecord(route: route, received: now(), request: request)
        let bytes = record.encoded()
        let transaction = CommitmentTransaction(record, bytes: bytes.count)
        switch reserve(transaction) {
        case .reserved:
            do throws(StoreError) {
                try await records.put(bytes, as: transaction.name)
                return .recorded(transaction, isNew: true)
            } catch {
                // The record may be there all the same: a transaction that its SCU knows to have failed.
                try? await records.remove(transaction.name)
                forget(transaction)
                return .failed(error)
            }
        case .known(let other):
            guard other.contents == transaction.contents else { return .inUse }
            do throws(StoreError) {
                // The request before this one may not be on disk yet.
                if try await records.record(other.name, atMost: 1) == nil {
                    try await records.put(bytes, as: other.name)
                }
                return .recorded(other, isNew: false)
            } catch {
                return .failed(error)
            }
        case .tooMany: return .tooMany
        }
    }

    private enum Reservation {
        case reserved
        case known(CommitmentTransaction)
        case tooMany
    }

    private func reserve(_ transaction: CommitmentTransaction) -> Reservation {
        state.withLock { state in
            if let other = state.open[transaction.name] { return .known(other) }
            guard state.open.count < CommitmentLimits.transactions,
                state.countByPeer[transaction.route.peer, default: 0] < CommitmentLimits.transactionsPerAETitle,
                state.bytes + transaction.bytes <= CommitmentLimits.recordBytes
            else { return .tooMany }
            state.add(transaction)
            return .reserved
        }
    }

    private func forget(_ transaction: CommitmentTransaction) {
        transaction.end()
        state.withLock { $0.remove(transaction) }
    }

    /// Reads what an earlier run of the node has left, and has it checked or reported.
    ///
    /// - Returns: How many there are, and the names of records that cannot be read.
    func load() async throws(StoreError) -> (count: Int, unreadable: [String]) {
        var count = 0
        var unreadable: [String] = []
        for name in try await records.names() where state.withLock({ $0.open[name] == nil }) {
            guard let bytes = try await records.record(name, atMost: CommitmentLimits.recordBytesMax) else { continue }
            guard let record = CommitmentRecord(bytes), record.name == name else {
                unreadable.append(name)
                continue
            }
            let transaction = CommitmentTransaction(record, bytes: bytes.count)
            // A request of this run may be faster.
            guard state.withLock({ $0.addIfMissing(transaction) }) else { continue }
            count += 1
            if record.failures == nil { checks.add(transaction) } else { isReady(transaction) }
        }
        return (count, unreadable)
    }

    /// The record of a transaction; nil: there is none any more that can be read.
    func record(of transaction: CommitmentTransaction) async throws(StoreError) -> CommitmentRecord? {
        try await records.record(transaction.name, atMost: CommitmentLimits.recordBytesMax)
            .flatMap { CommitmentRecord($0) }
    }

    /// Keeps the result, so that it survives the process.
    func put(_ record: CommitmentRecord) async throws(StoreError) {
        try await records.put(record.encoded(), as: record.name)
    }

    /// The result is there, or was not answered.
    func isReady(_ transaction: CommitmentTransaction) {
        if transaction.isReady() { reports.add(transaction) }
    }

    /// The association that a request came on takes no result any more.
    func detach(_ transaction: CommitmentTransaction) {
        if transaction.detach() { reports.add(transaction) }
    }

    /// The SCU has answered, or is given up: nothing is left of the transaction.
    ///
    /// *Errors*: the record cannot be removed, so that the next start of the node finds it again.
    func end(_ transaction: CommitmentTransaction) async throws(StoreError) {
        defer { forget(transaction) }
        try await records.remove(transaction.name)
    }
}

extension CommitmentTransactions.State {
    fileprivate mutating func add(_ transaction: CommitmentTransaction) {
        open[transaction.name] = transaction
        countByPeer[transaction.route.peer, default: 0] += 1
        bytes += transaction.bytes
    }

    fileprivate mutating func addIfMissing(_ transaction: CommitmentTransaction) -> Bool {
        guard open[transaction.name] == nil else { return false }
        add(transaction)
        return true
    }

    fileprivate mutating func remove(_ transaction: CommitmentTransaction) {
        guard open[transaction.name] === transaction else { return }
        open[transaction.name] = nil
        bytes -= transaction.bytes
        let count = countByPeer[transaction.route.peer, default: 1] - 1
        countByPeer[transaction.route.peer] = count == 0 ? nil : count
    }
}
