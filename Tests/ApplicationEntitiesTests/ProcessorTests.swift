import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import ApplicationEntities

/// Which processor runs what. On a machine of one processor there is nothing to choose.
@Suite struct ProcessorTests {
    @Test("what a call reads is read on the processor of the event loop that submits it, each loop on its own")
    func beside() async throws {
        let processors = Processor.all
        let group = MultiThreadedEventLoopGroup(numberOfThreads: processors.count)
        let loops = Array(group.makeIterator())
        let places = try await withIOThreads(beside: group) { threads in
            var places: [(loop: Processor, call: Processor)] = []
            for _ in 0..<100 {
                for loop in loops {
                    let call = loop.makePromise(of: Processor.self)
                    let here = try await loop.submit {
                        threads.submit(reading: Limits.ioNearBytes) { call.succeed(Processor.current) }
                        return Processor.current
                    }.get()
                    places.append((here, try await call.futureResult.get()))
                }
            }
            return places
        }
        try await group.shutdownGracefully()
        #expect(places.allSatisfy { processors.count == 1 || $0.loop == $0.call })
        #expect(Set(places.map(\.loop)) == Set(processors))
    }

    @Test("a call that reads little runs wherever a thread is first")
    func roams() async throws {
        let processors = Processor.all
        let group = MultiThreadedEventLoopGroup(numberOfThreads: processors.count)
        let call = group.next().makePromise(of: [Processor].self)
        let allowed = try await withIOThreads(beside: group) { threads in
            threads.submit(reading: Limits.ioNearBytes - 1) { call.succeed(Processor.all) }
            return try await call.futureResult.get()
        }
        try await group.shutdownGracefully()
        #expect(allowed == processors)
    }

    @Test("with fewer loops than processors, or more, no thread is kept anywhere", arguments: [-1, 1])
    func quota(difference: Int) async throws {
        let processors = Processor.all
        guard processors.count + difference > 0 else { return }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: processors.count + difference)
        let (loop, call) = try await withIOThreads(beside: group) { threads in
            let call = group.next().makePromise(of: [Processor].self)
            threads.submit(reading: Limits.ioNearBytes) { call.succeed(Processor.all) }
            return (try await group.next().submit { Processor.all }.get(), try await call.futureResult.get())
        }
        try await group.shutdownGracefully()
        #expect(loop == processors)
        #expect(call == processors)
    }

    @Test("who waits for the disk gives its place to another, on the same processor")
    func waits() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: Processor.all.count)
        let isOpened = try await withIOThreads(beside: group, watch: .hours(1)) { threads in
            let loop = group.next()
            let opened = loop.makePromise(of: Bool.self)
            try await loop.submit {
                let gate = Gate()
                threads.submit(reading: Limits.ioNearBytes) {
                    threads.willWait()
                    opened.succeed(gate.wait(seconds: 60))
                    threads.didWait()
                }
                threads.submit(reading: Limits.ioNearBytes) { gate.open() }
            }.get()
            return try await opened.futureResult.get()
        }
        try await group.shutdownGracefully()
        #expect(isOpened)
    }
}
