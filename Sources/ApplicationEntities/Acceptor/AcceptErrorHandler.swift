import Glibc
import Logging
import NIOCore

/// Keeps the listener alive through what goes wrong with one connection, and says once when none can be accepted.
///
/// What the kernel refuses (EMFILE: no descriptors are left) goes on to NIO's back-off handler behind this one, which
/// tries again a second later. Without it the event loop would try without end, because the connection stays in the
/// backlog and the listener readable.
final class AcceptErrorHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private let logger: Logger
    /// The errno that was logged and has lasted since; nil while connections are accepted.
    private var failure: CInt?

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
        context.fireErrorCaught(error)
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
