import Synchronization

/// A part of a task that can be cancelled from outside, without its siblings.
///
/// *Resources*: holds nothing once ``run(_:)`` has returned.
public final class CancelScope: Sendable {
    private enum Phase {
        case idle
        /// The task that can cancel the part.
        case running(CheckedContinuation<Bool, Never>)
        case cancelled
        case ended
    }

    private let phase = Mutex(Phase.idle)

    /// Nothing runs in it yet.
    public init() {}

    /// Runs `body`, once; cancelled when ``cancel()`` is called, before or meanwhile, and when the surrounding task is.
    ///
    /// *Resources*: returns only when `body` has ended.
    public func run(_ body: @escaping @Sendable () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            if isCancelled { group.cancelAll() }
            group.addTask {
                await body()
                self.end()
            }
            if await self.isCancelledBeforeTheEnd() { group.cancelAll() }
        }
    }

    /// Cancels what runs in the scope; level-triggered: what has not begun is cancelled from its first line on.
    public func cancel() {
        leave(.cancelled, true)
    }

    private var isCancelled: Bool {
        phase.withLock { if case .cancelled = $0 { true } else { false } }
    }

    private func end() {
        leave(.ended, false)
    }

    private func leave(_ next: Phase, _ isCancelled: Bool) {
        let supervisor = phase.withLock { phase -> CheckedContinuation<Bool, Never>? in
            switch phase {
            case .idle:
                phase = next
                return nil
            case .running(let supervisor):
                phase = next
                return supervisor
            case .cancelled, .ended:
                return nil
            }
        }
        supervisor?.resume(returning: isCancelled)
    }

    private func isCancelledBeforeTheEnd() async -> Bool {
        await withCheckedContinuation { continuation in
            let answer = phase.withLock { phase -> Bool? in
                switch phase {
                case .idle, .running:
                    phase = .running(continuation)
                    return nil
                case .cancelled: return true
                case .ended: return false
                }
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }
}
