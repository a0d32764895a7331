import Dispatch
import Synchronization

/// A sync that threads share: one of them makes it for all that wait, while those that come meanwhile wait for the
/// next.
///
/// Group commit in its barest form, so that it can be told what our own costs beside the syncs (docs/decisions/0007).
final class SharedSync: Sendable {
    /// What a thread that waits is told.
    private enum Answer: Sendable {
        /// It is to make the next sync.
        case lead
        /// The sync that covers it was made: 0, or a negated `errno`.
        case made(CInt)
    }

    private final class Waiter: Sendable {
        let signal = DispatchSemaphore(value: 0)
        let answer = Mutex(Answer.lead)
    }

    private struct State {
        var isLed = false
        var waiting: [Waiter] = []
    }

    private let state = Mutex(State())

    /// Returns when a sync that began after the call has succeeded.
    ///
    /// - Parameter sync: Makes it for so many; 0, or a negated `errno`.
    ///
    /// *Errors*: what the sync said, to every thread it was made for.
    func pass(_ sync: (Int) -> CInt) throws(BenchError) {
        if let waiter = join() {
            waiter.signal.wait()
            if case .made(let result) = waiter.answer.withLock({ $0 }) { return try check(result) }
        }
        let others = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        let result = sync(1 + others.count)
        for waiter in others {
            waiter.answer.withLock { $0 = .made(result) }
            waiter.signal.signal()
        }
        let next = state.withLock { state in
            state.isLed = !state.waiting.isEmpty
            return state.isLed ? state.waiting.removeFirst() : nil
        }
        next?.signal.signal()
        try check(result)
    }

    /// Nil: the caller leads.
    private func join() -> Waiter? {
        state.withLock { state in
            guard state.isLed else {
                state.isLed = true
                return nil
            }
            let waiter = Waiter()
            state.waiting.append(waiter)
            return waiter
        }
    }

    private func check(_ result: CInt) throws(BenchError) {
        if result < 0 { throw .system("sync", -result) }
    }
}
