import Synchronization

/// A clock whose time moves only when a test says so.
///
/// A test that waits for a deadline first waits until the code under test sleeps (`sleepers(atLeast:)`), then advances
/// the clock. Nothing in it depends on how fast the machine is.
package final class ManualClock: Clock, Sendable {
    /// A point in time, counted from the clock's start.
    package struct Instant: InstantProtocol, CustomStringConvertible {
        /// The time since the clock was made.
        package let offset: Duration

        package init(offset: Duration) { self.offset = offset }

        package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        package func duration(to other: Instant) -> Duration { other.offset - offset }
        package static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
        package var description: String { "\(offset)" }
    }

    fileprivate struct Sleeper {
        let deadline: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    fileprivate struct State {
        var now = Instant(offset: .zero)
        var nextID: UInt64 = 0
        var sleepers: [UInt64: Sleeper] = [:]
        /// Sleeps that were cancelled before they began.
        var cancelled: Set<UInt64> = []
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var now: Instant { state.withLock { $0.now } }
    package var minimumResolution: Duration { .nanoseconds(1) }

    /// How many tasks sleep now.
    package var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Sleeps until a test has advanced the clock to `deadline`, or the task is cancelled.
    package func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let sleeper = Sleeper(deadline: deadline, continuation: continuation)
                let (result, watchers) = state.withLock { $0.register(sleeper, id: id) }
                if let result { continuation.resume(with: result) }
                for watcher in watchers { watcher.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: id)
                if sleeper == nil { state.cancelled.insert(id) }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Moves the time on and wakes those whose deadline has come.
    package func advance(by duration: Duration) {
        let due = state.withLock { state in
            let now = state.now.advanced(by: duration)
            state.now = now
            let due = state.sleepers.filter { $0.value.deadline <= now }
            for id in due.keys { state.sleepers.removeValue(forKey: id) }
            return due.values.sorted { $0.deadline < $1.deadline }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Waits until at least `count` tasks sleep.
    package func sleepers(atLeast count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }
}

extension ManualClock.State {
    /// Takes a sleeper in; returns its result if it need not wait, and the watchers that have waited for it.
    fileprivate mutating func register(
        _ sleeper: ManualClock.Sleeper,
        id: UInt64
    ) -> (Result<Void, any Error>?, [CheckedContinuation<Void, Never>]) {
        if cancelled.remove(id) != nil { return (.failure(CancellationError()), []) }
        if sleeper.deadline <= now { return (.success(()), []) }
        sleepers[id] = sleeper
        let reached = watchers.filter { $0.count <= sleepers.count }
        watchers.removeAll { $0.count <= sleepers.count }
        return (nil, reached.map(\.continuation))
    }
}
