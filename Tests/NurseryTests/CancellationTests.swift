import Nursery
import Synchronization
import TestSupport
import Testing

/// Cancellation follows the nursery, is level-triggered, and is no failure.
@Suite struct CancellationTests {
    @Test("cancel() reaches the body and every child, and is not thrown")
    func cancelAll() async throws {
        let cancelled = Mutex(0)
        let value = try await withNursery { (nursery: borrowing Nursery) in
            for _ in 0..<10 {
                nursery.startSoon {
                    do {
                        try await untilCancelled()
                    } catch {
                        cancelled.withLock { $0 += 1 }
                        throw error
                    }
                }
            }
            nursery.cancel()
            #expect(Task.isCancelled)
            return 42
        }
        #expect(value == 42)
        #expect(cancelled.withLock { $0 } == 10)
        #expect(!Task.isCancelled, "the surrounding task is not cancelled")
    }

    @Test("a body that gives up after its own cancel() throws CancellationError")
    func bodyGivesUp() async {
        let failure = await thrown {
            try await withNursery { (nursery: borrowing Nursery) in
                nursery.cancel()
                try await untilCancelled()
            }
        }
        #expect(failure is CancellationError)
    }

    @Test("once cancelled, each further wait fails, not only the first")
    func levelTriggered() async throws {
        let history = History()
        try await withNursery { (nursery: borrowing Nursery) in
            nursery.startSoon {
                for wait in 1...3 {
                    do { try await untilCancelled() } catch { history.note("wait \(wait) failed") }
                }
            }
            nursery.cancel()
        }
        #expect(history.all == ["wait 1 failed", "wait 2 failed", "wait 3 failed"])
    }

    @Test("cancelling the surrounding task cancels body and children, and is passed on as such")
    func fromOutside() async {
        let started = Gate()
        let history = History()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let failure = await thrown {
                    try await withNursery { (nursery: borrowing Nursery) in
                        nursery.startSoon {
                            started.open()
                            try await untilCancelled()
                        }
                    }
                }
                history.note("\(type(of: failure))")
                #expect(failure is CancellationError)
            }
            await started.passed()
            group.cancelAll()
        }
        #expect(history.all.count == 1)
    }

    @Test("work that ended well is not denied because the surrounding task was cancelled meanwhile")
    func doneAllTheSame() async {
        let started = Gate()
        let history = History()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let failure = await thrown {
                    let result = try await withNursery { (nursery: borrowing Nursery) in
                        nursery.startSoon {
                            started.open()
                            while !Task.isCancelled { await Task.yield() }
                        }
                        return 42
                    }
                    history.note("\(result)")
                }
                #expect(failure == nil)
            }
            await started.passed()
            group.cancelAll()
        }
        #expect(history.all == ["42"])
    }

    @Test("an error thrown while being cancelled from outside is kept")
    func failureDuringCancellation() async {
        let started = Gate()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let failure = await thrown {
                    try await withNursery { (nursery: borrowing Nursery) in
                        nursery.startSoon {
                            started.open()
                            do { try await untilCancelled() } catch { throw Failure.first }
                        }
                        try await untilCancelled()
                    }
                }
                #expect(failure as? Failure == .first)
            }
            await started.passed()
            group.cancelAll()
        }
    }

    @Test("a nursery never cancels what is outside of it")
    func staysInside() async throws {
        let history = History()
        try await withNursery { (outer: borrowing Nursery) in
            outer.startSoon {
                let failure = await thrown {
                    try await withNursery { (inner: borrowing Nursery) in
                        inner.startSoon { throw Failure.first }
                        try await untilCancelled()
                    }
                }
                #expect(failure as? Failure == .first)
                history.note("inner nursery failed, its parent cancelled: \(Task.isCancelled)")
            }
        }
        #expect(history.all == ["inner nursery failed, its parent cancelled: false"])
    }

    @Test("a deadline around startSoon does nothing: the child belongs to the nursery")
    func followsTheNursery() async throws {
        let clock = ManualClock()
        let gate = Gate()
        let history = History()
        // The one place where a deadline could enclose `startSoon` does not compile (HandleTests): a deadline's body
        // cannot capture the handle. So a deadline can only be inside the child, or around the whole nursery.
        let failure = await thrown {
            try await withDeadline(clock.now.advanced(by: .seconds(5)), clock: clock) {
                try await withNursery { (nursery: borrowing Nursery) in
                    nursery.startSoon {
                        gate.open()
                        do { try await untilCancelled() } catch { history.note("cancelled") }
                    }
                    await gate.passed()
                    await clock.sleepers(atLeast: 1)
                    clock.advance(by: .seconds(5))
                    try await untilCancelled()
                }
            }
        }
        #expect(failure is DeadlineExceeded)
        #expect(history.all == ["cancelled"])
    }
}
