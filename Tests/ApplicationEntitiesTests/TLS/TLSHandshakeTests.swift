import Associations
import NIOCore
import NIOEmbedded
import NIOSSL
import Synchronization
import TestSupport
import Testing
import UpperLayer

@testable import ApplicationEntities

/// What stands between TLS and the upper layer, on two embedded channels whose bytes a test carries: time by hand.
@Suite("The TLS handshake") struct TLSHandshakeTests {
    /// What the owner of a connection is told.
    private final class Owner: TLSHandshake.Delegate {
        private(set) var sessions: [TLSSession] = []
        private(set) var failures: [String] = []
        private(set) var breaks: [String] = []

        func established(_ channel: any Channel, _ session: TLSSession) throws {
            sessions.append(session)
            try channel.pipeline.syncOperations.addHandler(Above())
        }
        func failed(_ failure: TLSFailure) { failures.append("\(failure)") }
        func broken(_ failure: TLSFailure) { breaks.append("\(failure)") }
    }

    /// In the upper layer's place: it counts, and passes on.
    private final class Above: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private(set) var activations = 0
        private(set) var errors = 0
        private(set) var inputEnds = 0

        func channelActive(context: ChannelHandlerContext) {
            activations += 1
            context.fireChannelActive()
        }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { errors += 1 }
        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .inputClosed? = event as? ChannelEvent { inputEnds += 1 }
            context.fireUserInboundEventTriggered(event)
        }
    }

    private let loop = EmbeddedEventLoop()
    private let owner = Owner()
    private let acceptor: EmbeddedChannel

    init() throws {
        acceptor = EmbeddedChannel(loop: loop)
        let tls = NIOSSLServerHandler(context: try TLSIdentities.get().acceptor().context)
        try acceptor.pipeline.syncOperations.addHandlers(
            tls,
            TLSHandshake(role: .acceptor, over: tls, deadline: .seconds(10), delegate: owner)
        )
        acceptor.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 2_762), promise: nil)
    }

    /// A requestor's end of the connection.
    private func requestor() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(loop: loop)
        let tls = try TLSIdentities.get().requestor(verification: .chain)
        try channel.pipeline.syncOperations.addHandler(try tls.handler(for: "127.0.0.1"))
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 2_762), promise: nil)
        return channel
    }

    /// Carries bytes both ways until none are left.
    private func carry(_ requestor: EmbeddedChannel) throws {
        while true {
            loop.run()
            let there = try requestor.readOutbound(as: ByteBuffer.self)
            let back = try acceptor.readOutbound(as: ByteBuffer.self)
            if there == nil, back == nil { return }
            if let there { try acceptor.writeInbound(there) }
            if let back { try requestor.writeInbound(back) }
        }
    }

    @Test("the upper layer comes when the handshake is complete, and its connection begins then")
    func complete() throws {
        let requestor = try requestor()
        #expect(throws: (any Error).self) { try acceptor.pipeline.syncOperations.handler(type: Above.self) }
        try carry(requestor)
        #expect(owner.sessions == [TLSSession(version: "1.3")])
        #expect(try acceptor.pipeline.syncOperations.handler(type: Above.self).activations == 1)
        // Its deadline is gone.
        loop.advanceTime(by: .seconds(60))
        #expect(acceptor.isActive)
        #expect(owner.failures == [])
    }

    @Test("a handshake that is not complete in time is over: told once, and the channel closes")
    func deadline() throws {
        loop.advanceTime(by: .milliseconds(9_999))
        #expect(acceptor.isActive)
        loop.advanceTime(by: .milliseconds(1))
        #expect(!acceptor.isActive)
        #expect(owner.failures == ["the TLS handshake is not complete after 10000 ms"])
        #expect(owner.sessions == [])
    }

    @Test("bytes that trickle do not put the deadline off")
    func trickle() throws {
        let requestor = try requestor()
        loop.run()
        var hello = try #require(try requestor.readOutbound(as: ByteBuffer.self))
        while let byte = hello.readSlice(length: 1), hello.readableBytes > 0 {
            try acceptor.writeInbound(byte)
            loop.advanceTime(by: .milliseconds(100))
            if !acceptor.isActive { break }
        }
        #expect(!acceptor.isActive)
        #expect(owner.failures.count == 1)
    }

    @Test("whoever needs the place, or stops the node, ends a handshake at once")
    func events() throws {
        acceptor.triggerUserOutboundEvent(UpperLayerHandler.MakeRoom(), promise: nil)
        loop.run()
        #expect(!acceptor.isActive)
        #expect(owner.failures == ["others needed its place"])
    }

    @Test("a peer that ends its input without saying so to TLS has ended it, and that is no error")
    func uncleanEnd() throws {
        let requestor = try requestor()
        try carry(requestor)
        acceptor.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        let above = try acceptor.pipeline.syncOperations.handler(type: Above.self)
        #expect(above.inputEnds == 1)
        #expect(above.errors == 0)
        #expect(owner.breaks == [])
    }

    @Test("a record that was changed on its way breaks the session, and the upper layer hears of it")
    func changedRecord() throws {
        let requestor = try requestor()
        try carry(requestor)
        try requestor.writeOutbound(ByteBuffer(string: "an A-ASSOCIATE-RQ"))
        var record = try #require(try requestor.readOutbound(as: ByteBuffer.self))
        record.setInteger(UInt8(0xFF), at: record.writerIndex - 1)
        _ = try? acceptor.writeInbound(record)
        loop.run()
        #expect(owner.breaks == ["bytes were changed on their way"])
        #expect(!acceptor.isActive)
    }
}
