import Dispatch
import NIOCore
import NIOPosix
import ServiceClasses
import Synchronization
import TestSupport
import Testing

@testable import ApplicationEntities

/// Places and turns of couriers. Nothing here takes time but what must.
@Suite struct CourierTurnTests {
    private final class Order: Sendable {
        let numbers = Mutex<[Int]>([])
    }

    private static func signal() -> DispatchSemaphore { DispatchSemaphore(value: 0) }

    @Test("turns are given in the order in which they were asked for")
    func order() async throws {
        let turn = CourierTurn()
        let order = Order()
        #expect(turn.take(Self.signal()))
        try await withIOThreads(count: 3, atWork: 3) { threads in
            await withTaskGroup { group in
                for number in 1...3 {
                    group.addTask {
                        await threads.run {
                            let wasTaken = turn.take(Self.signal(), within: .seconds(60))
                            order.numbers.withLock { $0.append(wasTaken ? number : -number) }
                            turn.give(wasTaken)
                        }
                    }
                    while turn.waiting < number { await Task.yield() }
                }
                turn.give(true)
            }
        }
        #expect(order.numbers.withLock { $0 } == [1, 2, 3])
    }

    @Test("who has waited long enough works on without a turn, and leaves the other's alone")
    func patience() {
        let turn = CourierTurn()
        #expect(turn.take(Self.signal()))
        let other = turn.take(Self.signal(), within: .milliseconds(0))
        #expect(!other)
        turn.give(other)
        #expect(!turn.take(Self.signal(), within: .milliseconds(0)))
        turn.give(true)
        #expect(turn.take(Self.signal(), within: .milliseconds(0)))
    }

    @Test("a turn is over only when others wait")
    func over() async throws {
        let turn = CourierTurn()
        #expect(turn.take(Self.signal()))
        #expect(!turn.isOver(now: .now() + .seconds(1)))
        try await withIOThreads(count: 1) { threads in
            async let waits: Void = threads.run { turn.give(turn.take(Self.signal(), within: .seconds(60))) }
            while turn.waiting == 0 { await Task.yield() }
            #expect(!turn.isOver(now: .uptimeNanoseconds(0)))
            #expect(turn.isOver(now: .now() + .seconds(1)))
            turn.give(true)
            await waits
        }
    }

    @Test("who waits for the device lets others work meanwhile; who copies much does not")
    func device() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        try await withIOThreads(beside: group) { threads in
            let crew = try #require(threads.couriers(of: loop))
            #expect(crew.enter(now: .now()))
            let found = loop.makePromise(of: [Bool].self)
            crew.visit { thread in
                func isFree() -> Bool {
                    let isFree = crew.turn.take(Self.signal(), within: .milliseconds(0))
                    crew.turn.give(isFree)
                    return isFree
                }
                thread.takeTurn()
                var free: [Bool] = []
                for forDevice in [false, true] {
                    threads.willWait(forDevice: forDevice)
                    free.append(isFree())
                    threads.didWait(forDevice: forDevice)
                    free.append(isFree())
                }
                thread.giveTurn()
                free.append(isFree())
                found.succeed(free)
            }
            #expect(try await found.futureResult.get() == [false, false, true, false, true])
        }
        try await group.shutdownGracefully()
    }

    @Test("who is aboard alone is told so")
    func alone() {
        let crew = CourierCrew(places: 3, on: nil)
        let now = NIODeadline.now()
        #expect(!crew.hasOneAboard)
        #expect(crew.enter(now: now) && crew.hasOneAboard)
        #expect(crew.enter(now: now) && !crew.hasOneAboard)
        crew.leave()
        #expect(crew.hasOneAboard)
        crew.leave()
        #expect(!crew.hasOneAboard)
    }

    @Test("who finds no place sends everybody back, for a while")
    func crowd() async throws {
        let crew = CourierCrew(places: 2, on: nil)
        let now = NIODeadline.now()
        #expect(crew.enter(now: now) && crew.enter(now: now) && !crew.isCrowded)
        #expect(!crew.enter(now: now) && crew.isCrowded)
        crew.leave()
        crew.leave()
        #expect(!crew.enter(now: now + Limits.courierCrowd - .nanoseconds(1)))
        #expect(crew.enter(now: now + Limits.courierCrowd) && !crew.isCrowded)
        crew.leave()
    }
}
