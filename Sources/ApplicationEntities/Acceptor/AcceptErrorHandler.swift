import Glibc
import Logging
import NIOCore

/// Keeps the listener alive through what goes wrong with one connection, and pauses it when none can be accepted.
///
/// Out of descriptors (EMFILE) the connection stays in the backlog and the listener readable, so that an event loop
/// that goes on asking does nothing else. NIO's own back-off handler delays reads, but a failed accept leaves the read
/// of before pending; `autoRead` takes the listener out of the event loop's selector.
final class AcceptErrorHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private let logger: Logger
    /// The errno that was logged and has lasted since; nil while connections are accepted.
    private var failure: CInt?
    private var isPaused = false

    init(logger: Logger) {
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError else {
            // Of one connection, and that one only.
            logger.error("a connection could not be accepted", metadata: ["error": "\(error)"])
            return
        }
        if failure != error.errnoCode {
            failure = error.errnoCode
            logger.error("no connections can be accepted, trying again every second: \(Self.reason(error.errnoCode))")
        }
        pause(context)
    }

    private func pause(_ context: ChannelHandlerContext) {
        guard !isPaused, let options = context.channel.syncOptions else { return }
        isPaused = true
        // Refused only by a listener that has been closed meanwhile.
        try? options.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: AcceptorLimits.acceptPause) {
            self.isPaused = false
            try? options.setOption(.autoRead, value: true)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if failure != nil {
            failure = nil
            logger.info("connections are accepted again")
        }
        context.fireChannelRead(data)
    }

    private static func reason(_ code: CInt) -> String {
        switch code {
        case EMFILE: "the process is out of descriptors; raise its limit (LimitNOFILE=, ulimit -n)"
        case ENFILE: "the machine is out of descriptors; raise fs.file-max"
        case ENOBUFS, ENOMEM: "the kernel is out of memory"
        default: String(cString: strerror(code))
        }
    }
}
