import Synchronization

/// A transaction under way, from the N-ACTION-RSP to the answered N-EVENT-REPORT. Its request is on disk; here is what
/// coordinates those who work on it: the check of the files, the association that the request came on, and the reports
/// on associations of our own.
final class CommitmentTransaction: Sendable {
    private enum Phase {
        /// Its instances are being checked, or are still to be.
        case checking
        /// The result is known, and is sent by no task now.
        case ready
        /// A task sends the result: it has claimed it.
        case claimed
        /// It was answered, or given up.
        case ended
    }

    private struct State {
        var phase = Phase.checking
        /// Associations of the SCU that wait for the result.
        var associations = 0
        /// Each of them that waits now, by a number of its own.
        var waiting: [UInt64: UnsafeContinuation<Bool, Never>] = [:]
        var lastNumber: UInt64 = 0
    }

    let route: CommitmentRoute
    let transactionUID: String
    /// The record's name.
    let name: String
    /// Seconds since 1970.
    let received: Int
    /// Tells requests of one Transaction UID apart.
    let contents: String
    /// Of the record, as it was at first.
    let bytes: Int
    private let state = Mutex(State())

    init(_ record: CommitmentRecord, bytes: Int) {
        route = record.route
        transactionUID = record.request.transactionUID
        name = record.name
        received = record.received
        contents = CommitmentRecord.contents(of: record.request)
        self.bytes = bytes
    }

    /// The association of the request is open: the result is sent on it as long as it is, and ``detach()`` must follow.
    func attach() { state.withLock { $0.associations += 1 } }

    /// The association takes no result any more. True: no association waits, and the result is there, so that it is to
    /// be sent on one of ours.
    func detach() -> Bool {
        state.withLock { state in
            state.associations -= 1
            return state.associations == 0 && state.phase == .ready
        }
    }

    /// Waits for the result. True: it is the caller's to send, and ``isReady()`` or ``end()`` must follow; false: it
    /// was sent by another task, or the calling task was cancelled.
    func claimWhenReady() async -> Bool {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let answer = state.withLock { state -> Bool? in
                    // Cancelled before it waits: the handler has found nothing to resume.
                    if Task.isCancelled || state.phase == .ended { return false }
                    if state.phase == .ready {
                        state.phase = .claimed
                        return true
                    }
                    state.waiting[number] = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: false)
        }
    }

    /// Claims the result if no association waits for it and no other task sends it.
    func claim() -> Bool {
        state.withLock { state in
            guard state.phase == .ready, state.associations == 0 else { return false }
            state.phase = .claimed
            return true
        }
    }

    /// The result is there, or was not answered by the one who had claimed it. True: no association waits for it, so
    /// that it is to be sent on one of ours.
    func isReady() -> Bool {
        let (next, isOurs) = state.withLock { state -> (UnsafeContinuation<Bool, Never>?, Bool) in
            guard state.phase != .ended else { return (nil, false) }
            if let first = state.waiting.keys.min() {
                state.phase = .claimed
                return (state.waiting.removeValue(forKey: first), false)
            }
            state.phase = .ready
            return (nil, state.associations == 0)
        }
        next?.resume(returning: true)
        return isOurs
    }

    /// The transaction is over: no task waits for it any more.
    func end() {
        let waiting = state.withLock { state in
            state.phase = .ended
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume(returning: false) }
    }
}
