import Nursery
import Synchronization
import TestSupport
import Testing

/// `start` waits until the child says it is ready, or its deadline has passed, or it failed.
@Suite struct StartTests {
    let clock = ManualClock()

    @Test("start returns the child's value when it is ready, and the child lives on")
    func ready() async throws {
        let clock = clock
        let gate = Gate()
        let history = History()
        try await withNursery { (nursery: borrowing Nursery) in
            let port = try await nursery.start(deadline: .init(offset: .seconds(5)), clock: clock) {
                (ready: Ready<Int>) in
                history.note("binding")
                ready(11112)
                await gate.passed()
                history.note("child ended")
            }
            history.note("port \(port)")
            gate.open()
        }
        #expect(history.all == ["binding", "port 11112", "child ended"])
        #expect(clock.sleeperCount == 0, "the deadline's timer does not outlive the start")
    }

    @Test("a failure before ready is thrown by start, once, and leaves the siblings alone")
    func failsBefore() async throws {
        let clock = clock
        let history = History()
        let value = try await withNursery { (nursery: borrowing Nursery) in
            nursery.startSoon {
                do { try await untilCancelled() } catch { history.note("sibling cancelled") }
            }
            do {
                try await nursery.start(deadline: .init(offset: .seconds(5)), clock: clock) { (_: Ready<Void>) in
                    throw Failure.first
                }
            } catch Failure.first {
                history.note("start failed, body cancelled: \(Task.isCancelled)")
            }
            nursery.cancel()
            return 42
        }
        #expect(value == 42)
        #expect(history.all == ["start failed, body cancelled: false", "sibling cancelled"])
    }

    @Test("a failure before ready that the body lets out is reported once")
    func failsBeforeUncaught() async {
        let clock = clock
        let failure = await thrown {
            try await withNursery { (nursery: borrowing Nursery) in
                try await nursery.start(deadline: .init(offset: .seconds(5)), clock: clock) { (_: Ready<Void>) in
                    throw Failure.first
                }
            }
        }
        #expect(failure as? Failure == .first)
    }

    @Test("a failure after ready is the nursery's")
    func failsAfter() async {
        let clock = clock
        let history = History()
        let failure = await thrown {
            try await withNursery { (nursery: borrowing Nursery) in
                try await nursery.start(deadline: .init(offset: .seconds(5)), clock: clock) { (ready: Ready<Void>) in
                    ready()
                    throw Failure.first
                }
                do { try await untilCancelled() } catch { history.note("body cancelled") }
            }
        }
        #expect(failure as? Failure == .first)
        #expect(history.all == ["body cancelled"])
    }

    @Test("a child that ends without a word")
    func endsSilently() async {
        let clock = clock
        let failure = await thrown {
            try await withNursery { (nursery: borrowing Nursery) in
                _ = try await nursery.start(deadline: .init(offset: .seconds(5)), clock: clock) { (_: Ready<Int>) in }
            }
        }
        #expect(failure is EndedBeforeReady)
        #expect(failure.map { "\($0)" } == "the child ended before it was ready")
    }

    @Test("the deadline cancels the child, waits for it, and leaves the siblings alone")
    func deadline() async throws {
        let clock = clock
        let history = History()
        try await withNursery { (nursery: borrowing Nursery) in
            nursery.startSoon {
                await clock.sleepers(atLeast: 1)
                clock.advance(by: .seconds(5))
                do { try await untilCancelled() } catch { history.note("sibling cancelled") }
            }
            do {
                _ = try await nursery.start(deadline: .init(offset: .seconds(5)), clock: clock) { (ready: Ready<Int>) in
                    do {
                        try await untilCancelled()
                    } catch {
                        ready(1)
                        history.note("child cancelled")
                        throw error
                    }
                }
            } catch is DeadlineExceeded {
                history.note("start failed, body cancelled: \(Task.isCancelled)")
            }
            nursery.cancel()
        }
        #expect(history.all == ["child cancelled", "start failed, body cancelled: false", "sibling cancelled"])
    }

    @Test("a failure in the clean-up after the deadline is reported with it")
    func deadlineAndFailure() async throws {
        let clock = clock
        let failure = await thrown {
            try await withNursery { (nursery: borrowing Nursery) in
                nursery.startSoon {
                    await clock.sleepers(atLeast: 1)
                    clock.advance(by: .seconds(5))
                }
                _ = try await nursery.start(deadline: .init(offset: .seconds(5)), clock: clock) { (_: Ready<Int>) in
                    do { try await untilCancelled() } catch { throw Failure.first }
                }
            }
        }
        let error = try #require(failure as? NurseryError)
        #expect(error.errors.count == 2)
        #expect(error.first is DeadlineExceeded)
        #expect(error.errors.last as? Failure == .first)
    }

    @Test("a deadline in the past starts the child cancelled")
    func past() async {
        let clock = clock
        let history = History()
        let failure = await thrown {
            try await withNursery { (nursery: borrowing Nursery) in
                _ = try await nursery.start(deadline: clock.now, clock: clock) { (_: Ready<Int>) in
                    history.note("cancelled: \(Task.isCancelled)")
                }
            }
        }
        #expect(failure is DeadlineExceeded)
        #expect(history.all == ["cancelled: true"])
    }

    @Test("after ready the deadline means nothing")
    func deadlineAfterReady() async throws {
        let clock = clock
        let gate = Gate()
        let history = History()
        try await withNursery { (nursery: borrowing Nursery) in
            try await nursery.start(deadline: .init(offset: .seconds(5)), clock: clock) { (ready: Ready<Void>) in
                ready()
                ready()
                await gate.passed()
                history.note("cancelled: \(Task.isCancelled)")
            }
            clock.advance(by: .seconds(60))
            gate.open()
        }
        #expect(history.all == ["cancelled: false"])
    }

    @Test("a nursery that fails cancels a child that is starting, and start throws the cancellation")
    func cancelledWhileStarting() async {
        let clock = clock
        let gate = Gate()
        let history = History()
        let failure = await thrown {
            try await withNursery { (nursery: borrowing Nursery) in
                nursery.startSoon {
                    await gate.passed()
                    throw Failure.first
                }
                do {
                    try await nursery.start(deadline: .init(offset: .seconds(5)), clock: clock) { (_: Ready<Void>) in
                        gate.open()
                        try await untilCancelled()
                    }
                } catch {
                    history.note("start threw CancellationError: \(error is CancellationError)")
                    throw error
                }
            }
        }
        #expect(failure as? Failure == .first)
        #expect(history.all == ["start threw CancellationError: true"])
    }
}
