package import NIOCore
import ServiceClasses

/// The threads that do the node's file-system calls.
///
/// Most run where the kernel likes. Where the event loops are each kept on a processor, a few more are kept beside each: they do the calls
/// that read much memory, on the processor that has just filled it.
///
/// *Resources*: ``withIOThreads(beside:count:atWork:watch:_:)`` starts them and ends them; what was submitted before the end is run.
package final class IOThreads: BlockingExecutor {
    /// Runs where the kernel likes.
    private let roaming: IOCrew
    /// One for each processor that an event loop is kept on.
    private let kept: [Processor: IOCrew]

    /// One for each event loop, by the loop's identity.
    private let couriers: [ObjectIdentifier: CourierCrew]

    fileprivate init(
        beside loops: [any EventLoop],
        on processors: [Processor],
        couriers: Int,
        count: Int,
        atWork: Int,
        watch: TimeAmount
    ) {
        self.roaming = IOCrew(threads: count, atWork: atWork, watch: watch)
        self.couriers = Dictionary(
            uniqueKeysWithValues: loops.enumerated().map { index, loop in
                let processor = processors.isEmpty ? nil : processors[index]
                return (ObjectIdentifier(loop), CourierCrew(places: couriers, on: processor))
            }
        )
        self.kept = Dictionary(
            uniqueKeysWithValues: processors.map { processor in
                (processor, IOCrew(threads: Limits.ioThreadsOfProcessor, atWork: 1, watch: watch, on: processor))
            }
        )
    }

    /// Has a thread run `work`, in the order of submission among its like: the short ones, and the long ones of one processor.
    package func submit(reading bytes: Int, _ work: @escaping @Sendable () -> Void) {
        if bytes > 0, CourierCrew.isCurrent { return work() }
        let isLong = bytes >= Limits.ioNearBytes && !self.kept.isEmpty
        let crew = isLong ? self.kept[Processor.current] : nil
        (crew ?? self.roaming).submit(work)
    }

    /// Who carries the associations of an event loop; nil: nobody.
    func crew(of loop: any EventLoop) -> CourierCrew? { self.couriers[ObjectIdentifier(loop)] }

    /// The calling thread, which does what was submitted, will wait for the disk for long: another one takes its place meanwhile.
    package func willWait() {
        IOCrew.current?.willWait()
    }

    /// It goes on: for a while one more may be at work than otherwise.
    package func didWait() {
        IOCrew.current?.didWait()
    }

    fileprivate func start() async {
        for crew in [self.roaming] + self.kept.values { await crew.start() }
        for crew in self.couriers.values { crew.start() }
    }

    fileprivate func end() async throws {
        for crew in self.couriers.values { try await crew.end() }
        for crew in [self.roaming] + self.kept.values { try await crew.end() }
    }
}

/// Runs `body` with threads for blocking calls, which end after it.
///
/// - Parameters:
///   - loops: Event loops that submit most of the calls: each is kept on a processor, where ``Processor/keep(_:)`` can, with
///     `Limits.ioThreadsOfProcessor` threads for long calls beside it. nil: there are none but the following.
///   - count: How many threads run where the kernel likes.
///   - atWork: How many of them are busy at once without waiting for the disk; of those beside a loop, one.
///   - watch: After how long without progress one more is.
package func withIOThreads<Value: Sendable>(
    beside loops: (any EventLoopGroup)? = nil,
    count: Int = Limits.ioThreads,
    atWork: Int = System.coreCount,
    watch: TimeAmount = Limits.ioWatch,
    couriers: Int = Limits.couriers,
    _ body: (IOThreads) async throws -> Value
) async throws -> Value {
    let processors = if let loops { try await Processor.keep(loops) } else { [Processor]() }
    let all = loops.map { Array($0.makeIterator()) } ?? []
    let threads = IOThreads(beside: all, on: processors, couriers: couriers, count: count, atWork: atWork, watch: watch)
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
