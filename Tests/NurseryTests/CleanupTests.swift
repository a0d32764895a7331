import Nursery
import TestSupport
import Testing

/// Clean-up that must talk has a deadline of its own, and stands outside the scope that was cancelled.
@Suite struct CleanupTests {
    @Test("after the conversation's deadline the goodbye runs uncancelled, under its own deadline")
    func goodbyeOutside() async throws {
        let clock = ManualClock()
        let history = History()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let conversation = await thrown {
                    try await withDeadline(.init(offset: .seconds(5)), clock: clock) { try await untilCancelled() }
                }
                #expect(conversation is DeadlineExceeded)
                let goodbye = await thrown {
                    try await withDeadline(.init(offset: .seconds(7)), clock: clock) {
                        history.note("goodbye, cancelled: \(Task.isCancelled)")
                        try await untilCancelled()
                    }
                }
                #expect(goodbye is DeadlineExceeded)
                history.note("closed at \(clock.now)")
            }
            await clock.sleepers(atLeast: 1)
            clock.advance(by: .seconds(5))
            while history.all.isEmpty { await Task.yield() }
            await clock.sleepers(atLeast: 1)
            clock.advance(by: .seconds(2))
        }
        #expect(history.all == ["goodbye, cancelled: false", "closed at 7.0 seconds"])
    }

    @Test("a cancelled child can wait for a clean-up that others do, as for a channel's closing")
    func waitForTheHandler() async throws {
        let history = History()
        let closing = Gate()
        let closed = Gate()
        try await withNursery { (handlers: borrowing Nursery) in
            // What a channel handler does on its event loop: it writes the last PDU, and closes on a timer of its own.
            handlers.startSoon {
                await closing.passed()
                history.note("goodbye written")
                closed.open()
            }
            handlers.startSoon {
                try await withNursery { (association: borrowing Nursery) in
                    association.startSoon {
                        do {
                            try await untilCancelled()
                        } catch {
                            closing.open()
                            await closed.passed()
                            history.note("child ended, cancelled: \(Task.isCancelled)")
                        }
                    }
                    association.cancel()
                }
            }
        }
        #expect(history.all == ["goodbye written", "child ended, cancelled: true"])
    }
}
