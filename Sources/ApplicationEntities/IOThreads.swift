package import NIOCore
import ServiceClasses

/// The threads that do the node's file-system calls: those that calls are handed to, and the couriers', which serve an association each and
/// make its calls themselves.
///
/// *Resources*: ``withIOThreads(beside:count:atWork:watch:couriers:_:)`` starts them and ends them; what was submitted before the end is run.
package final class IOThreads: BlockingExecutor {
    private let crew: IOCrew
    /// One for each event loop, by the loop's identity.
    private let couriers: [ObjectIdentifier: CourierCrew]

    fileprivate init(_ crew: IOCrew, _ couriers: [ObjectIdentifier: CourierCrew]) {
        self.crew = crew
        self.couriers = couriers
    }

    /// Has a thread run `work`, in the order of submission.
    package func submit(_ work: @escaping @Sendable () -> Void) { self.crew.submit(work) }

    /// The calling thread is a courier's.
    package var isCurrent: Bool { CourierThread.current != nil }

    /// Who carries the associations of an event loop; nil: nobody.
    func couriers(of loop: any EventLoop) -> CourierCrew? { self.couriers[ObjectIdentifier(loop)] }

    /// The calling thread will wait for the disk for long: another one takes its place meanwhile.
    ///
    /// - Parameter forDevice: Not only for much to be copied: a courier goes on with its turn then, since the bytes are in its
    ///   processor's caches.
    package func willWait(forDevice: Bool) {
        if IOCrew.current === self.crew {
            self.crew.willWait()
        } else if forDevice {
            CourierThread.current?.giveTurn()
        }
    }

    /// It goes on: for a while one more may be at work than otherwise.
    package func didWait(forDevice: Bool) {
        if IOCrew.current === self.crew {
            self.crew.didWait()
        } else if forDevice {
            CourierThread.current?.takeTurn()
        }
    }

    fileprivate func start() async {
        await self.crew.start()
        for crew in self.couriers.values { crew.start() }
    }

    fileprivate func end() async throws {
        for crew in self.couriers.values { try await crew.end() }
        try await self.crew.end()
    }
}

/// Runs `body` with threads for blocking calls, which end after it.
///
/// - Parameters:
///   - loops: Event loops that get couriers for their associations. Each loop is kept on a processor with its couriers, where
///     ``Processor/keep(_:)`` can: what one of them has read, another then finds in its caches. nil: there are no couriers.
///   - count: How many threads take calls that are submitted.
///   - atWork: How many of them are busy at once without waiting for the disk.
///   - watch: After how long without progress one more is.
///   - couriers: How many for each event loop.
package func withIOThreads<Value: Sendable>(
    beside loops: (any EventLoopGroup)? = nil,
    count: Int = Limits.ioThreads,
    atWork: Int = System.coreCount,
    watch: TimeAmount = Limits.ioWatch,
    couriers: Int = Limits.couriers,
    _ body: (IOThreads) async throws -> Value
) async throws -> Value {
    var crews: [ObjectIdentifier: CourierCrew] = [:]
    if let loops {
        let processors = try await Processor.keep(loops)
        for (index, loop) in loops.makeIterator().enumerated() {
            let processor = processors.isEmpty ? nil : processors[index]
            crews[ObjectIdentifier(loop)] = CourierCrew(places: couriers, on: processor)
        }
    }
    let threads = IOThreads(IOCrew(threads: count, atWork: atWork, watch: watch), crews)
    await threads.start()
    do {
        let value = try await body(threads)
        try await threads.end()
        return value
    } catch {
        try await threads.end()
        throw error
    }
}
