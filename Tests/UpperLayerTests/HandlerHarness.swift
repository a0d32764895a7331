import Associations
import NIOCore
import NIOEmbedded

@testable import UpperLayer

/// An upper-layer handler on an embedded channel: bytes in, bytes and indications out, time by hand.
final class HandlerHarness {
    let channel: EmbeddedChannel
    let activity: SharedActivity
    private let transport = HalfClosingTransport()
    private var received = ByteBuffer()

    /// Our sending side has been shut down.
    var isOutputClosed: Bool { transport.isOutputClosed }

    init(role: Role = .acceptor, timeouts: Timeouts = Timeouts(), rejection: AssociateRJ? = nil) throws {
        let channel = EmbeddedChannel()
        self.channel = channel
        self.activity = SharedActivity()
        try channel.pipeline.syncOperations.addHandler(transport)
        try channel.pipeline.syncOperations.addHandler(
            UpperLayerHandler(
                role: role,
                limits: UpperLayerLimits.decoder(offering: 16_384),
                timeouts: timeouts,
                activity: self.activity,
                delegate: Provider(rejection: rejection)
            )
        )
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 104)).wait()
    }

    static let request = AssociateRQ(
        calledAETitle: AETitle(asSent: Array("CALLED".utf8)),
        callingAETitle: AETitle(asSent: Array("CALLING".utf8)),
        presentationContexts: [
            ProposedPresentationContext(
                id: 1,
                abstractSyntax: "1.2.840.10008.1.1",
                transferSyntaxes: ["1.2.840.10008.1.2"]
            )
        ],
        userInformation: UserInformation(maximumLengthReceived: 16_384)
    )

    static let answer = AssociateAC(
        calledAETitle: request.calledAETitle,
        callingAETitle: request.callingAETitle,
        presentationContexts: [
            AnsweredPresentationContext(id: 1, result: .acceptance, transferSyntax: "1.2.840.10008.1.2")
        ],
        userInformation: UserInformation(maximumLengthReceived: 16_384)
    )

    /// A channel with an association established.
    static func established(timeouts: Timeouts = Timeouts()) throws -> HandlerHarness {
        let harness = try HandlerHarness(timeouts: timeouts)
        try harness.receive(.associateRQ(Self.request))
        try harness.ask(.accept(Self.answer))
        _ = try harness.sent()
        _ = try harness.indications()
        return harness
    }

    func receive(_ pdu: PDU) throws {
        var buffer = ByteBuffer()
        try pdu.encode(into: &buffer)
        try receive(buffer)
    }

    func receive(_ bytes: ByteBuffer) throws {
        try channel.writeInbound(bytes)
        channel.read()
    }

    func receive(_ bytes: [UInt8]) throws {
        try receive(ByteBuffer(bytes: bytes))
    }

    /// The peer shuts down its sending.
    func endInput() {
        channel.pipeline.fireChannelReadComplete()
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    /// From now on the kernel takes nothing more.
    func holdWrites() { transport.isHolding = true }

    /// The kernel takes all that was written.
    func takeWrites() { transport.take() }

    func ask(_ request: UpperLayerRequest) throws {
        try channel.writeOutbound(request)
    }

    func advance(_ amount: TimeAmount) {
        channel.embeddedEventLoop.advanceTime(by: amount)
    }

    /// The PDUs sent since the last call.
    func sent() throws -> [PDU] {
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
            received.writeImmutableBuffer(buffer)
        }
        var decoder = PDUDecoder(limits: UpperLayerLimits.decoder(offering: 16_384))
        var pdus: [PDU] = []
        while let element = try decoder.next(from: &received) {
            if case .pdu(let pdu) = element { pdus.append(pdu) }
        }
        return pdus
    }

    /// The bytes sent since the last call.
    func sentBytes() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
        return bytes
    }

    /// The indications since the last call.
    func indications() throws -> [UpperLayerIndication] {
        var indications: [UpperLayerIndication] = []
        while let indication = try channel.readInbound(as: UpperLayerIndication.self) {
            indications.append(indication)
        }
        return indications
    }

    /// The end that was told, if one was.
    func end() throws -> AssociationEnd? {
        for case .ended(let end) in try indications() { return end }
        return nil
    }

    var isOpen: Bool { channel.isActive }
}

extension PDUDecodingError: CustomDebugStringConvertible {
    public var debugDescription: String { self.description }
}

/// The side that owns the connection: it rejects, or it does not.
private struct Provider: UpperLayerDelegate {
    let rejection: AssociateRJ?

    func rejection(of request: AssociateRQ) -> AssociateRJ? { rejection }
}

/// An embedded channel closes altogether when its output is closed; a socket does not.
private final class HalfClosingTransport: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private(set) var isOutputClosed = false
    var isHolding = false
    private var writes: [EventLoopPromise<Void>?] = []

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isHolding { writes.append(promise) } else { context.write(data, promise: promise) }
    }

    func take() {
        isHolding = false
        for promise in writes { promise?.succeed() }
        writes = []
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else {
            // As a channel does: what was not written fails.
            for promise in writes { promise?.fail(ChannelError.ioOnClosedChannel) }
            writes = []
            context.close(mode: mode, promise: promise)
            return
        }
        isOutputClosed = true
        promise?.succeed()
    }
}
