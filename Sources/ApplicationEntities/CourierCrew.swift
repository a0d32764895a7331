import NIOCore
import NIOPosix
import Synchronization

/// The threads of the couriers of one event loop's associations, and their places.
///
/// There are few, for few associations stream at once. Where more do, they are served better together, by the event loop, than some of them
/// apart: so the first who finds no place sends everybody back for a while.
///
/// *Resources*: ``end()`` ends the threads, after the visits.
final class CourierCrew: Sendable {
    private struct State {
        var free: Int
        /// Nobody boards before, and who is on board leaves after the message.
        var crowdedUntil: NIODeadline?
    }

    private let places: Int
    private let state: Mutex<State>
    private let pool: NIOThreadPool
    private let processor: Processor?
    /// Whose the processor is.
    let turn = CourierTurn()

    /// - Parameter processor: Where the threads stay; nil: wherever the kernel has them run.
    init(places: Int, on processor: Processor?) {
        self.places = places
        self.state = Mutex(State(free: places))
        self.pool = NIOThreadPool(numberOfThreads: places)
        self.processor = processor
    }

    /// Starts the threads.
    func start() { self.pool.start() }

    /// Ends the threads; there are no visits any more.
    func end() async throws { try await self.pool.shutdownGracefully() }

    /// Takes a place for a visit, which ``visit(_:)`` or ``leave()`` is to follow; false if there is none.
    func enter(now: NIODeadline) -> Bool {
        self.state.withLock { state in
            if let until = state.crowdedUntil, now < until { return false }
            state.crowdedUntil = state.free == 0 ? now + Limits.courierCrowd : nil
            guard state.free > 0 else { return false }
            state.free -= 1
            return true
        }
    }

    /// Gives a place back.
    func leave() { self.state.withLock { $0.free += 1 } }

    /// One place is taken: whoever has it shares the processor with no other courier.
    var hasOneAboard: Bool { self.state.withLock { $0.free == self.places - 1 } }

    /// Others have found no place.
    var isCrowded: Bool { self.state.withLock { $0.crowdedUntil != nil } }

    /// Runs a visit on a thread, in the place that was taken.
    func visit(_ body: @escaping @Sendable (CourierThread) -> Void) {
        self.pool.submit { _ in
            body(CourierThread.current ?? self.join())
            self.leave()
        }
    }

    private func join() -> CourierThread {
        self.processor?.keepThread()
        return CourierThread(of: self)
    }
}
