import NIOCore
import NIOPosix
import UpperLayer

extension AssociationRequestor {
    /// Makes the transport connection, and the TLS session on it if one is asked for.
    ///
    /// *Errors*: ``RequestorError``.
    func connect() async throws -> RequestedConnection.Made {
        let made: EventLoopFuture<RequestedConnection.Made>
        do {
            made = try await ClientBootstrap(group: eventLoopGroup)
                .connectTimeout(connectTimeout)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(
                    .writeBufferWaterMark,
                    value: .init(low: UpperLayerLimits.writeLowWaterMark, high: UpperLayerLimits.writeHighWaterMark)
                )
                .connect(host: self.host, port: self.port) { channel in
                    channel.eventLoop.makeCompletedFuture { try RequestedConnection.begin(self, on: channel) }
                }
        } catch {
            throw RequestorError.unreachable(error)
        }
        do {
            return try await made.get()
        } catch let failure as TLSFailure {
            throw RequestorError.insecure(failure)
        } catch {
            throw RequestorError.unreachable(error)
        }
    }
}
