import Associations
import Glibc
import NIOCore
import NIOSSL
import NIOTLS
import Synchronization
import UpperLayer

/// Stands between TLS and the upper layer. Until the handshake is complete there is no upper layer: its handlers come
/// when ``Delegate/established(_:_:)`` is called, so that a handshake that stalls costs its descriptor and no more.
///
/// The transport connection of PS3.8 is the session that TLS has made: ARTIM starts behind the handshake, which has a
/// deadline of its own.
///
/// *Resources*: ends with its channel.
///
/// *Errors*: none goes on from here but those that mean that the connection is lost.
final class TLSHandshake: ChannelDuplexHandler, NIOScheduledCallbackHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The side that owns the connection. All is called on the channel's event loop, `established` or `failed` once.
    protocol Delegate {
        /// The handshake is complete: the handlers of the upper layer are to be added.
        func established(_ channel: any Channel, _ session: TLSSession) throws
        /// There will be no session; the channel is closing, or closed.
        func failed(_ failure: TLSFailure)
        /// The session has broken.
        func broken(_ failure: TLSFailure)
    }

    private enum State {
        case handshaking
        case established
        case failed
    }

    private let role: Role
    private let deadline: TimeAmount
    private let delegate: any Delegate
    private let tls: NIOSSLHandler
    private var state = State.handshaking
    private var alarm: NIOScheduledCallback?
    private var context: ChannelHandlerContext?

    /// - Parameters:
    ///   - role: Ours.
    ///   - tls: The handler before this one.
    ///   - deadline: For the whole handshake, from now on; 0: none.
    init(role: Role, over tls: NIOSSLHandler, deadline: TimeAmount, delegate: any Delegate) {
        self.role = role
        self.tls = tls
        self.deadline = deadline
        self.delegate = delegate
    }

    // MARK: The handshake

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard deadline > .zero else { return }
        // Refused only by an event loop that has ended, with all its channels.
        alarm = try? context.eventLoop.assumeIsolated().scheduleCallback(in: deadline, handler: self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        fail(TLSFailure(ChannelError.ioOnClosedChannel, role: role, certificate: nil, now: time(nil)))
    }

    func handleScheduledCallback(eventLoop: some EventLoop) {
        alarm = nil
        guard case .handshaking = state else { return }
        fail(.late(deadline))
        context?.close(promise: nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        // The upper layer's is the end of the handshake.
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted? = event as? TLSUserEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        guard case .handshaking = state else { return }
        alarm?.cancel()
        state = .established
        do {
            try delegate.established(context.channel, session)
        } catch {
            // The channel has been closed, or its listener.
            context.close(promise: nil)
            return
        }
        context.fireChannelActive()
    }

    private var session: TLSSession {
        TLSSession(
            // Nothing older is negotiated.
            version: tls.tlsVersion == .tlsv13 ? "1.3" : "1.2",
            certificate: tls.peerCertificate.map { PeerCertificate($0) }
        )
    }

    // MARK: Bytes

    /// Copied to their length, because TLS keeps its buffer: what is passed on would make it copy all of that at its
    /// next read, and would pin twice what it holds.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = context.channel.allocator.buffer(buffer: unwrapInboundIn(data))
        context.fireChannelRead(wrapInboundOut(bytes))
    }

    // MARK: Errors

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOSSLError.uncleanShutdown:
            // The peer closed without saying so to TLS, as many do. The length of each PDU tells what is whole, and the
            // end of the input is told as on a plain connection.
            return
        case NIOSSLError.shutdownFailed:
            // The channel is closing already.
            return
        default: break
        }
        let failure = TLSFailure(error, role: role, certificate: tls.peerCertificate, now: time(nil))
        switch state {
        case .handshaking:
            fail(failure)
            context.close(promise: nil)
        case .established:
            if !(error is IOError) { delegate.broken(failure) }
            context.fireErrorCaught(error)
        case .failed: break
        }
    }

    private func fail(_ failure: TLSFailure) {
        guard case .handshaking = state else { return }
        state = .failed
        alarm?.cancel()
        alarm = nil
        delegate.failed(failure)
    }

    // MARK: Events for the upper layer that come before it

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext,
        event: Any,
        promise: EventLoopPromise<Void>?
    ) {
        guard case .handshaking = state else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        switch event {
        case is UpperLayerHandler.MakeRoom:
            fail(TLSFailure("others needed its place"))
            context.close(promise: nil)
        case is UpperLayerHandler.ReleaseWhenIdle, is UpperLayerHandler.CloseSoon:
            fail(TLSFailure("the node is stopping"))
            context.close(promise: nil)
        default:
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        promise?.succeed()
    }
}
