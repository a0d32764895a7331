import DIMSE
import NIOCore
import NIOEmbedded
import ServiceClasses
import TestSupport
import Testing
import UpperLayer

@testable import ApplicationEntities

/// What keeps one association from taking more than its turn, or its place: on an embedded event loop, where nothing
/// happens but when it is run.
@Suite struct TurnTests {
    private static func echo(_ messageID: Int) -> [UInt8] {
        let command = RawCommand.echo(messageID: messageID).encoded()
        return RawPDU.data([RawPDV(context: 1, isCommand: true, isLast: true, data: command[...])]).encoded()
    }

    @Test("after eight messages of one read the event loop has its turn")
    func turns() async throws {
        let node = try TestNode()
        let channel = EmbeddedChannel()
        let association = try node.entity(MemoryStore()).arrive(channel)
        let loop = channel.embeddedEventLoop
        func receive(_ bytes: [UInt8]) {
            channel.pipeline.fireChannelRead(ByteBuffer(bytes: bytes))
            channel.pipeline.fireChannelReadComplete()
            loop.run()
        }
        func sent() throws -> Int {
            var count = 0
            while try channel.readOutbound(as: ByteBuffer.self) != nil { count += 1 }
            return count
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: EventLoopExecutor(loop)) { await association.serve() }
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 104), promise: nil)
            receive(RawRequest().encoded())
            #expect(try sent() == 1)
            receive((1...20).flatMap(Self.echo))
            #expect(try sent() == AcceptorLimits.turnMessages)
            for rest in [AcceptorLimits.turnMessages, 20 - 2 * AcceptorLimits.turnMessages, 0] {
                loop.advanceTime(by: UpperLayerLimits.turnPause)
                loop.run()
                #expect(try sent() == rest)
            }
            receive(RawPDU.releaseRQ.encoded())
            channel.close(promise: nil)
            channel.pipeline.fireChannelInactive()
            loop.run()
            try await group.waitForAll()
        }
    }

    @Test("a response gives its place back when the peer has taken it, and not before", arguments: [false, true])
    func places(isOrdered: Bool) async throws {
        let channel = EmbeddedChannel()
        let loop = channel.embeddedEventLoop
        let connection = try AssociationConnection(wrapping: channel)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 104), promise: nil)
        let activity = SharedActivity()
        let order = ResponseOrder(
            sender: MessageSender(connection: connection, peerMaximumLength: nil),
            activity: activity,
            isOrdered: isOrdered,
            limit: 1
        )
        let ticket = try #require(order.begin(1, on: 1))
        let response = Message(.cEchoRSP(CEchoRSP(to: CEchoRQ(messageID: 1), status: .success)))
        channel.isWritable = false
        await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: EventLoopExecutor(loop)) { await order.final(response, ticket) }
            loop.run()
            #expect(order.isFull)
            channel.isWritable = true
            channel.pipeline.fireChannelWritabilityChanged()
            loop.run()
            #expect(!order.isFull)
            await group.waitForAll()
        }
    }
}
