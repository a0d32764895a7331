import Synchronization

/// Notices that nothing has moved for a while.
final class IdleWatch: Sendable {
    private let limit: Duration
    private let last = Mutex(ContinuousClock.now)

    init(limit: Duration) {
        self.limit = limit
    }

    func touch() {
        last.withLock { $0 = .now }
    }

    /// Throws when nothing has moved for as long as the limit.
    func expire() async throws {
        var deadline = last.withLock { $0 } + limit
        while deadline > .now {
            try await Task.sleep(until: deadline)
            deadline = last.withLock { $0 } + limit
        }
        throw Idle()
    }
}

/// Nothing has moved for too long.
struct Idle: Error {}
