import NIOCore
import NIOPosix
import ServiceClasses
import TestSupport
import Testing

@testable import ApplicationEntities

/// Which processor runs what. On a machine of one processor there is nothing to choose.
@Suite struct ProcessorTests {
    @Test("a courier runs on the processor of its event loop, and each loop on its own")
    func beside() async throws {
        let processors = Processor.all
        let group = MultiThreadedEventLoopGroup(numberOfThreads: processors.count)
        let places = try await withIOThreads(beside: group) { threads in
            var places: [(loop: [Processor], courier: [Processor])] = []
            for loop in group.makeIterator() {
                places.append((try await loop.submit { Processor.all }.get(), try await Self.courier(threads, loop)))
            }
            return places
        }
        try await group.shutdownGracefully()
        #expect(places.allSatisfy { $0.loop.count == 1 && $0.loop == $0.courier })
        #expect(Set(places.flatMap(\.loop)) == Set(processors))
    }

    @Test("a call that is submitted runs wherever a thread is first")
    func roams() async throws {
        let processors = Processor.all
        let group = MultiThreadedEventLoopGroup(numberOfThreads: processors.count)
        let allowed = try await withIOThreads(beside: group) { threads in await threads.run { Processor.all } }
        try await group.shutdownGracefully()
        #expect(allowed == processors)
    }

    @Test("with fewer loops than processors, or more, no thread is kept anywhere", arguments: [-1, 1])
    func quota(difference: Int) async throws {
        let processors = Processor.all
        guard processors.count + difference > 0 else { return }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: processors.count + difference)
        let (loop, courier) = try await withIOThreads(beside: group) { threads in
            let loop = group.next()
            return (try await loop.submit { Processor.all }.get(), try await Self.courier(threads, loop))
        }
        try await group.shutdownGracefully()
        #expect(loop == processors)
        #expect(courier == processors)
    }

    /// Where a courier of the loop may run.
    private static func courier(_ threads: IOThreads, _ loop: any EventLoop) async throws -> [Processor] {
        let crew = try #require(threads.couriers(of: loop))
        #expect(crew.enter(now: .now()))
        let allowed = loop.makePromise(of: [Processor].self)
        crew.visit { _ in allowed.succeed(Processor.all) }
        return try await allowed.futureResult.get()
    }
}
