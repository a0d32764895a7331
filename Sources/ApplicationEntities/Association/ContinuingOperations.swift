import Nursery
import Synchronization

/// Operations of one association that go on when they have responded: the end of the association cancels them, because
/// its release is answered behind them.
final class ContinuingOperations: Sendable {
    private struct State {
        var scopes: [ObjectIdentifier: CancelScope] = [:]
        var isOver = false
    }

    private let state = Mutex(State())

    /// The operation has responded, and goes on. Not to be called before, because a task that is cancelled cannot
    /// write.
    func add(_ scope: CancelScope) {
        let isOver = state.withLock { state in
            state.scopes[ObjectIdentifier(scope)] = scope
            return state.isOver
        }
        if isOver { scope.cancel() }
    }

    /// The operation is performed.
    func remove(_ scope: CancelScope) {
        state.withLock { $0.scopes[ObjectIdentifier(scope)] = nil }
    }

    /// The association has ended, or the peer has asked for its release.
    func cancel() {
        let scopes = state.withLock { state in
            state.isOver = true
            return Array(state.scopes.values)
        }
        for scope in scopes { scope.cancel() }
    }
}
