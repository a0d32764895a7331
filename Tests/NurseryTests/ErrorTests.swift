import Nursery
import TestSupport
import Testing

/// No lost errors: a child's error cancels the siblings and the body, and is thrown; none is dropped.
@Suite struct ErrorTests {
    @Test("a child's error cancels its siblings and the body, and is thrown as it is")
    func childFails() async {
        let history = History()
        let failure = await thrown {
            try await withNursery { (nursery: borrowing Nursery) in
                nursery.startSoon {
                    do { try await untilCancelled() } catch { history.note("sibling cancelled") }
                }
                nursery.startSoon { throw Failure.first }
                do { try await untilCancelled() } catch { history.note("body cancelled") }
            }
        }
        #expect(failure as? Failure == .first)
        #expect(history.all.sorted() == ["body cancelled", "sibling cancelled"])
    }

    @Test("a failure is thrown although the body returned a value")
    func childFailsAfterBody() async {
        let gate = Gate()
        let failure = await thrown {
            _ = try await withNursery { (nursery: borrowing Nursery) in
                nursery.startSoon {
                    await gate.passed()
                    throw Failure.first
                }
                gate.open()
                return 42
            }
        }
        #expect(failure as? Failure == .first)
    }

    @Test("the body's error cancels the children and is thrown as it is")
    func bodyFails() async {
        let failure = await thrown {
            try await withNursery { (nursery: borrowing Nursery) in
                nursery.startSoon { try await untilCancelled() }
                throw Failure.second
            }
        }
        #expect(failure as? Failure == .second)
    }

    @Test("every error is kept, in the order in which they happened")
    func allKept() async throws {
        let failure = await thrown {
            try await withNursery { (nursery: borrowing Nursery) in
                nursery.startSoon {
                    do { try await untilCancelled() } catch { throw Failure.second }
                }
                nursery.startSoon { throw Failure.first }
            }
        }
        let error = try #require(failure as? NurseryError)
        #expect(error.errors as? [Failure] == [.first, .second])
        #expect(error.first as? Failure == .first)
        #expect(error.description == "2 failures: first; second")
    }

    @Test("none of a thousand errors is lost")
    func thousand() async throws {
        struct Numbered: Error { let number: Int }
        let gate = Gate()
        let failure = await thrown {
            try await withNursery { (nursery: borrowing Nursery) in
                for number in 0..<1_000 {
                    nursery.startSoon {
                        await gate.passed()
                        throw Numbered(number: number)
                    }
                }
                gate.open()
            }
        }
        let error = try #require(failure as? NurseryError)
        let numbers = error.errors.compactMap { ($0 as? Numbered)?.number }
        #expect(numbers.sorted() == Array(0..<1_000))
    }

    @Test("the errors of a nested nursery are listed flat")
    func flat() async throws {
        let failure = await thrown {
            try await withNursery { (nursery: borrowing Nursery) in
                nursery.startSoon {
                    do { try await untilCancelled() } catch { throw Failure.third }
                }
                nursery.startSoon {
                    try await withNursery { (inner: borrowing Nursery) in
                        inner.startSoon {
                            do { try await untilCancelled() } catch { throw Failure.second }
                        }
                        throw Failure.first
                    }
                }
            }
        }
        let error = try #require(failure as? NurseryError)
        #expect(error.errors as? [Failure] == [.first, .second, .third])
    }

    @Test("an error caught in the child disturbs no sibling")
    func caught() async throws {
        let value = try await withNursery { (nursery: borrowing Nursery) in
            nursery.startSoon {
                do { throw Failure.first } catch {}
            }
            return 42
        }
        #expect(value == 42)
    }

    @Test("a CancellationError without a cancellation is a failure")
    func strayCancellation() async {
        let history = History()
        let failure = await thrown {
            try await withNursery { (nursery: borrowing Nursery) in
                nursery.startSoon { throw CancellationError() }
                do { try await untilCancelled() } catch { history.note("body cancelled") }
            }
        }
        #expect(failure is CancellationError)
        #expect(history.all == ["body cancelled"])
    }
}
