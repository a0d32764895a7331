import Nursery
import TestSupport
import Testing

/// A deadline belongs to the caller, nests, and is level-triggered.
@Suite struct DeadlineTests {
    @Test("work that is done in time returns its value, and leaves no timer")
    func inTime() async throws {
        let clock = ManualClock()
        let value = try await withDeadline(.init(offset: .seconds(5)), clock: clock) { 42 }
        #expect(value == 42)
        #expect(clock.sleeperCount == 0)
    }

    @Test("work that waits too long is cancelled, and the deadline is named")
    func tooLong() async {
        let clock = ManualClock()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let failure = await thrown {
                    try await withDeadline(.init(offset: .seconds(5)), clock: clock) { try await untilCancelled() }
                }
                #expect(failure is DeadlineExceeded)
                #expect(failure.map { "\($0)" } == "deadline exceeded")
                #expect(!Task.isCancelled, "only the body was cancelled")
            }
            await clock.sleepers(atLeast: 1)
            clock.advance(by: .seconds(4))
            #expect(clock.sleeperCount == 1)
            clock.advance(by: .seconds(1))
        }
    }

    @Test("after the deadline each further wait fails")
    func levelTriggered() async {
        let clock = ManualClock()
        let history = History()
        let failure = await thrown {
            try await withDeadline(clock.now, clock: clock) {
                for wait in 1...3 {
                    do { try await untilCancelled() } catch { history.note("wait \(wait) failed") }
                }
                try await untilCancelled()
            }
        }
        #expect(failure is DeadlineExceeded)
        #expect(history.all == ["wait 1 failed", "wait 2 failed", "wait 3 failed"])
    }

    @Test("a value after the deadline is returned, a failure is not renamed")
    func doneAllTheSame() async throws {
        let clock = ManualClock()
        let value = try await withDeadline(clock.now, clock: clock) { 42 }
        #expect(value == 42)
        let failure = await thrown {
            try await withDeadline(clock.now, clock: clock) { throw Failure.first }
        }
        #expect(failure as? Failure == .first)
    }

    @Test("of nested deadlines the earliest counts")
    func nested() async {
        let clock = ManualClock()
        let history = History()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let failure = await thrown {
                    try await withDeadline(.init(offset: .seconds(5)), clock: clock) {
                        do {
                            try await withDeadline(.init(offset: .seconds(60)), clock: clock) {
                                try await untilCancelled()
                            }
                        } catch {
                            history.note("inner: \(type(of: error))")
                            throw error
                        }
                    }
                }
                history.note("outer: \(failure.map { "\(type(of: $0))" } ?? "nothing")")
            }
            await clock.sleepers(atLeast: 2)
            clock.advance(by: .seconds(5))
        }
        #expect(history.all == ["inner: CancellationError", "outer: DeadlineExceeded"])
    }

    @Test("a cancelled caller sees its own cancellation, not the deadline")
    func callerCancelled() async {
        let clock = ManualClock()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let failure = await thrown {
                    try await withDeadline(.init(offset: .seconds(5)), clock: clock) { try await untilCancelled() }
                }
                #expect(failure is CancellationError)
            }
            await clock.sleepers(atLeast: 1)
            group.cancelAll()
        }
        #expect(clock.sleeperCount == 0)
    }

    @Test("a clock that cannot wait has reached the deadline")
    func brokenClock() async {
        struct Broken: Clock {
            typealias Instant = ManualClock.Instant
            var now: Instant { .init(offset: .zero) }
            var minimumResolution: Duration { .zero }
            func sleep(until deadline: Instant, tolerance: Duration?) async throws { throw Failure.first }
        }
        let failure = await thrown {
            try await withDeadline(.init(offset: .seconds(1)), clock: Broken()) { try await untilCancelled() }
        }
        #expect(failure is DeadlineExceeded)
    }
}
