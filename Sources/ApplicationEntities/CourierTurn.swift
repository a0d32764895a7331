import Dispatch
import NIOCore
import Synchronization

/// Lets one courier of a crew work at a time, in the order in which they ask; the others wait for it, or for their peers.
///
/// They share a processor, and are faster one after the other: none is interrupted with a lock in its hand, or before its bytes have left
/// the caches.
final class CourierTurn: Sendable {
    private struct State {
        var isTaken = false
        var start = NIODeadline.uptimeNanoseconds(0)
        var waiting = CircularBuffer<DispatchSemaphore>()
    }

    private let state = Mutex(State())

    /// Waits for the turn, but not for long: the one who has it may be waiting for a disk.
    ///
    /// - Parameter signal: The caller's own.
    /// - Returns: What ``give(_:)`` is to be told: whether it was this courier's turn.
    func take(_ signal: DispatchSemaphore, within time: DispatchTimeInterval = Limits.courierPatience) -> Bool {
        let isFree = self.state.withLock { state in
            guard !state.isTaken else {
                state.waiting.append(signal)
                return false
            }
            state.isTaken = true
            state.start = .now()
            return true
        }
        if isFree || signal.wait(timeout: .now() + time) == .success { return true }
        let isGivenUp = self.state.withLock { state in
            guard let index = state.waiting.firstIndex(where: { $0 === signal }) else { return false }
            state.waiting.remove(at: index)
            return true
        }
        if isGivenUp { return false }
        // It was given this very moment.
        signal.wait()
        return true
    }

    /// How many wait.
    var waiting: Int { self.state.withLock { $0.waiting.count } }

    /// Others have waited for long enough.
    func isOver(now: NIODeadline) -> Bool {
        self.state.withLock { !$0.waiting.isEmpty && now - $0.start >= Limits.courierTurn }
    }

    /// Lets the next one work.
    func give(_ wasTaken: Bool) {
        guard wasTaken else { return }
        self.state.withLock { state in
            state.isTaken = !state.waiting.isEmpty
            state.start = .now()
            return state.waiting.popFirst()
        }?.signal()
    }
}
