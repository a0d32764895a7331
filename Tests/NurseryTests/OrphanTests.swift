import Nursery
import Synchronization
import TestSupport
import Testing

/// No orphans: the block does not end until every child has. Closed means closed.
@Suite struct OrphanTests {
    @Test("the block waits for a child that outlasts the body")
    func waitsForChildren() async throws {
        let gate = Gate()
        let history = History()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await withNursery { (nursery: borrowing Nursery) in
                    nursery.startSoon {
                        await gate.passed()
                        history.note("child ended")
                    }
                    history.note("body ended")
                }
                history.note("block ended")
            }
            while history.all.isEmpty { await Task.yield() }
            #expect(history.all == ["body ended"])
            gate.open()
            try await group.waitForAll()
        }
        #expect(history.all == ["body ended", "child ended", "block ended"])
    }

    @Test("the block waits for every child, also when the body throws")
    func waitsAfterFailure() async throws {
        let ended = Mutex(0)
        let failure = await thrown {
            try await withNursery { (nursery: borrowing Nursery) in
                for _ in 0..<100 {
                    nursery.startSoon {
                        defer { ended.withLock { $0 += 1 } }
                        try await untilCancelled()
                    }
                }
                throw Failure.first
            }
        }
        #expect(failure as? Failure == .first)
        #expect(ended.withLock { $0 } == 100)
    }

    @Test("a child that ignores its cancellation is waited for")
    func waitsForTheStubborn() async throws {
        let gate = Gate()
        let history = History()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let failure = await thrown {
                    try await withNursery { (nursery: borrowing Nursery) in
                        nursery.startSoon {
                            while !Task.isCancelled { await Task.yield() }
                            history.note("cancelled")
                            await gate.passed()
                            history.note("child ended")
                        }
                        throw Failure.first
                    }
                }
                #expect(failure as? Failure == .first)
                history.note("block ended")
            }
            while history.all.isEmpty { await Task.yield() }
            #expect(history.all == ["cancelled"])
            gate.open()
        }
        #expect(history.all == ["cancelled", "child ended", "block ended"])
    }

    @Test("grandchildren live in a nursery of their parent's, which ends first")
    func nested() async throws {
        let history = History()
        try await withNursery { (nursery: borrowing Nursery) in
            nursery.startSoon {
                try await withNursery { (inner: borrowing Nursery) in
                    inner.startSoon { history.note("grandchild") }
                }
                history.note("child")
            }
        }
        #expect(history.all == ["grandchild", "child"])
    }

    @Test("a child started in a cancelled nursery still runs, cancelled from its first line on")
    func startedLate() async throws {
        let history = History()
        try await withNursery { (nursery: borrowing Nursery) in
            nursery.cancel()
            nursery.startSoon { history.note("cancelled: \(Task.isCancelled)") }
        }
        #expect(history.all == ["cancelled: true"])
    }

    @Test("the value of the body is the value of the block")
    func value() async throws {
        let value = try await withNursery { (nursery: borrowing Nursery) in
            nursery.startSoon {}
            return 42
        }
        #expect(value == 42)
    }

    @Test("ten thousand children leave nothing behind")
    func manyChildren() async throws {
        let ended = Mutex(0)
        let tokens = Mutex([Weak]())
        try await withNursery { (nursery: borrowing Nursery) in
            for _ in 0..<10_000 {
                let token = Token()
                tokens.withLock { $0.append(Weak(token)) }
                nursery.startSoon {
                    _ = token
                    ended.withLock { $0 += 1 }
                }
            }
            while ended.withLock({ $0 }) < 10_000 { await Task.yield() }
            // The nursery is still open, and yet what its finished children owned is gone.
            while tokens.withLock({ $0.contains { $0.token != nil } }) { await Task.yield() }
        }
        #expect(ended.withLock { $0 } == 10_000)
    }
}

private final class Token: Sendable {}

private struct Weak {
    weak var token: Token?

    init(_ token: Token) { self.token = token }
}
