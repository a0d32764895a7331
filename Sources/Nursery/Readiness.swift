import Synchronization

/// What a child that is starting, the caller of `start` and the deadline share.
final class Readiness<Value: Sendable>: Sendable {
    private enum Phase {
        case starting
        /// The child said so before the deadline.
        case ready
        /// The deadline passed first.
        case expired
        /// The child ended, ready or not.
        case ended
    }

    private struct State {
        var phase = Phase.starting
        /// What `start` returns or throws, once that is known.
        var outcome: Result<Value, any Error>?
        /// The body, in `start`.
        var starter: CheckedContinuation<Result<Value, any Error>, Never>?
        /// The task that can cancel the child.
        var supervisor: CheckedContinuation<Bool, Never>?
    }

    private let state = Mutex(State())

    /// The deadline passed before the child was ready.
    var isExpired: Bool {
        state.withLock { $0.phase == .expired }
    }

    /// The child is ready. Does nothing unless it is still awaited.
    func ready(_ value: Value) {
        change { state in
            guard state.phase == .starting else { return }
            state.phase = .ready
            state.outcome = .success(value)
        }
    }

    /// The deadline passed. Does nothing unless the child is still awaited.
    func expire() {
        change { state in
            if state.phase == .starting { state.phase = .expired }
        }
    }

    /// The child ended. Returns its error if that is the nursery's affair, nil if it was reported by `start`.
    func ended(_ error: (any Error)?) -> (any Error)? {
        change { state in
            defer { state.phase = .ended }
            switch state.phase {
            case .starting:
                state.outcome = .failure(error ?? EndedBeforeReady())
            case .expired:
                if let error, !(error is CancellationError) {
                    state.outcome = .failure(NurseryError([DeadlineExceeded(), error]))
                } else {
                    state.outcome = .failure(DeadlineExceeded())
                }
            case .ready, .ended:
                return error
            }
            return nil
        }
    }

    /// Waits until the child is ready or, if it never was, has ended.
    func outcome() async -> Result<Value, any Error> {
        await withCheckedContinuation { continuation in
            change { $0.starter = continuation }
        }
    }

    /// Waits until the child is ready or has ended (false), or the deadline passed before that (true).
    func expiredBeforeReady() async -> Bool {
        await withCheckedContinuation { continuation in
            change { $0.supervisor = continuation }
        }
    }

    /// Changes the state, then resumes the tasks that can go on because of it, outside the lock.
    @discardableResult
    private func change<T: Sendable>(_ body: (inout State) -> T) -> T {
        let (value, starter, outcome, supervisor, isExpired) = state.withLock { state in
            let value = body(&state)
            let starter = state.outcome == nil ? nil : state.starter.take()
            let supervisor = state.phase == .starting ? nil : state.supervisor.take()
            return (value, starter, state.outcome, supervisor, state.phase == .expired)
        }
        if let outcome { starter?.resume(returning: outcome) }
        supervisor?.resume(returning: isExpired)
        return value
    }
}
