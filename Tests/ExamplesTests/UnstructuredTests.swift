import NIOCore
import NIOPosix
import Nursery
import Synchronization
import Testing

/// The same echo server twice: with plain unstructured tasks, which leaks connections and loses errors, and with a
/// nursery, which cannot. This is what the essay claims in docs/nursery.md.
@Suite struct UnstructuredTests {
    private typealias Port = NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>

    @Test("unstructured: the server has ended, its connection has not")
    func unstructuredLeaks() async throws {
        let (port, live) = (try await bind(), Live())
        try await Client.run(to: number(of: port)) { (client: inout Client) async throws in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await serveUnstructured(port, live) }
                await live.reached(1)
                group.cancelAll()
                await group.waitForAll()
            }
            #expect(live.count == 1, "a task that is not waited for, and that no cancellation reaches")
            try await client.send("still there?\n")
            #expect(try await client.line() == "still there?")
        }
        await live.reached(0)
    }

    @Test("unstructured: a connection's error is lost")
    func unstructuredLosesErrors() async throws {
        let (port, live) = (try await bind(), Live())
        let failure = try await withThrowingTaskGroup(of: Void.self, returning: (any Error)?.self) { group in
            group.addTask { try await serveUnstructured(port, live) }
            try await Client.run(to: number(of: port)) { client in
                try await client.send("fail\n")
                _ = try await client.rest()
            }
            await live.reached(0)
            try await port.channel.close()
            do { try await group.waitForAll() } catch { return error }
            return nil
        }
        #expect(live.failures == 1, "it was thrown")
        #expect(failure == nil, "and no caller learns of it")
    }

    @Test("nursery: when the server has ended, so has its connection")
    func nurseryHolds() async throws {
        let (port, live) = (try await bind(), Live())
        try await Client.run(to: number(of: port)) { (client: inout Client) async throws in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await serveInNursery(port, live) }
                await live.reached(1)
                group.cancelAll()
                await group.waitForAll()
            }
            #expect(live.count == 0)
            #expect(try await client.rest() == "")
        }
    }

    @Test("nursery: a connection's error is thrown by the server")
    func nurseryKeepsErrors() async throws {
        let (port, live) = (try await bind(), Live())
        let failure = try await withThrowingTaskGroup(of: Void.self, returning: (any Error)?.self) { group in
            group.addTask { try await serveInNursery(port, live) }
            try await Client.run(to: number(of: port)) { client in
                try await client.send("fail\n")
                _ = try await client.rest()
            }
            do { try await group.waitForAll() } catch { return error }
            return nil
        }
        #expect(live.failures == 1)
        #expect(failure is AskedToFail)
        #expect(live.count == 0)
    }

    private func serveUnstructured(_ port: Port, _ live: Live) async throws {
        try await port.executeThenClose { arrivals in
            for try await connection in arrivals {
                Task { try await echo(connection, live) }
            }
        }
    }

    private func serveInNursery(_ port: Port, _ live: Live) async throws {
        try await withNursery { (connections: borrowing Nursery) in
            try await port.executeThenClose { arrivals in
                for try await connection in arrivals {
                    connections.startSoon { try await echo(connection, live) }
                }
            }
        }
    }

    /// The same for both: echoes, and fails if asked to.
    private func echo(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>, _ live: Live) async throws {
        live.change(by: 1)
        defer { live.change(by: -1) }
        try await connection.executeThenClose { inbound, outbound in
            for try await bytes in inbound {
                if bytes == ByteBuffer(string: "fail\n") {
                    live.failed()
                    throw AskedToFail()
                }
                try await outbound.write(bytes)
            }
        }
    }

    private func bind() async throws -> Port {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0) {
            channel in
            channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
        }
    }

    private func number(of port: Port) throws -> Int {
        try #require(port.channel.localAddress?.port)
    }
}

private struct AskedToFail: Error {}

/// How many connections are being served.
private final class Live: Sendable {
    private let state = Mutex((count: 0, failures: 0))

    var count: Int { state.withLock { $0.count } }
    var failures: Int { state.withLock { $0.failures } }

    func change(by difference: Int) { state.withLock { $0.count += difference } }
    func failed() { state.withLock { $0.failures += 1 } }

    func reached(_ count: Int) async {
        while self.count != count { await Task.yield() }
    }
}
