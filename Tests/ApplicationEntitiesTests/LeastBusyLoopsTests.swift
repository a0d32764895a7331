import NIOCore
import NIOPosix
import Testing

@testable import ApplicationEntities

/// Which loop the next connection goes to, as NIO takes them: by the group's turn.
@Suite struct LeastBusyLoopsTests {
    private struct Listener {
        let group: MultiThreadedEventLoopGroup
        let loops: [any EventLoop]
        let steering: LeastBusyLoops

        init(_ count: Int) {
            self.group = MultiThreadedEventLoopGroup(numberOfThreads: count)
            self.loops = Array(self.group.makeIterator())
            self.steering = LeastBusyLoops(self.group)
        }

        /// A connection comes; the number of its loop.
        func accept() throws -> Int {
            let loop = self.group.next()
            self.steering.count(loop, by: 1, listener: self.loops[1])
            return try #require(self.loops.firstIndex { $0 === loop })
        }

        func close(_ index: Int) { self.steering.count(self.loops[index], by: -1, listener: self.loops[1]) }
    }

    @Test("who comes alone is on the listener's loop each time, but perhaps for the first", arguments: [2, 5])
    func alone(loops: Int) async throws {
        let listener = Listener(loops)
        listener.close(try listener.accept())
        for _ in 0..<7 {
            let index = try listener.accept()
            #expect(index == 1)
            listener.close(index)
        }
        try await listener.group.shutdownGracefully()
    }

    @Test("who comes beside others goes where the fewest are")
    func beside() async throws {
        let listener = Listener(3)
        var taken = try (0..<6).map { _ in try listener.accept() }
        #expect(taken.sorted() == [0, 0, 1, 1, 2, 2])
        for index in [2, 0, 2] {
            listener.close(index)
            taken.append(try listener.accept())
            #expect(taken.last == index)
        }
        // Both of one loop are gone: it gets the next two.
        listener.close(0)
        listener.close(0)
        #expect(try listener.accept() == 0)
        #expect(try listener.accept() == 0)
        try await listener.group.shutdownGracefully()
    }
}
