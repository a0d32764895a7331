import Associations
import Logging
package import NIOCore
import NIOPosix
import UpperLayer

extension ApplicationEntity {
    /// Binds the listener. Each connection gets its handlers before its first byte is read.
    func bind() async throws -> NIOAsyncChannel<AcceptedAssociation, Never> {
        try await ServerBootstrap(group: self.eventLoopGroup)
            .serverChannelOption(.backlog, value: AcceptorLimits.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptErrorHandler(logger: self.logger))
                }
            }
            // A connection inherits these two from the listener.
            .serverChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .serverChannelOption(.socketOption(.so_sndbuf), value: AcceptorLimits.sendBuffer)
            .bind(host: self.listen.host, port: self.listen.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.configure(channel)
                    return try self.arrive(channel)
                }
            }
    }

    /// Without futures, which the bootstrap's options are set by: there may be thousands of connections a second.
    private static func configure(_ channel: any Channel) throws {
        guard let options = channel.syncOptions else { return }
        try options.setOption(.maxMessagesPerRead, value: 1)
        try options.setOption(
            .recvAllocator,
            value: AdaptiveRecvByteBufferAllocator(
                minimum: UpperLayerLimits.readBufferMinimum,
                initial: UpperLayerLimits.readBufferMinimum,
                maximum: UpperLayerLimits.readBufferMaximum
            )
        )
        try options.setOption(
            .writeBufferWaterMark,
            value: .init(low: UpperLayerLimits.writeLowWaterMark, high: UpperLayerLimits.writeHighWaterMark)
        )
    }

    /// Gives an accepted connection its handlers, and the association that is to be served. Called on its event loop.
    package func arrive(_ channel: any Channel) throws -> AcceptedAssociation {
        let host = channel.remoteAddress?.ipAddress ?? "unknown"
        let admission = self.admission
        let place = admission.enter(channel, host: host)
        channel.closeFuture.whenComplete { _ in admission.leave(place) }
        var logger = self.logger
        logger[metadataKey: "peer"] = "\(host)"
        let log = logger
        let activity = SharedActivity()
        let handler = UpperLayerHandler(
            role: .acceptor,
            limits: self.limits.pduDecoder,
            timeouts: self.timeouts,
            activity: activity,
            admission: { NegotiationPolicy.providerRejection(of: $0) ?? admission.associate(place) },
            departure: { admission.dissociate(place) },
            notice: { log.notice("\($0)") },
            observer: { transition in log.trace("\(transition)") }
        )
        try channel.pipeline.syncOperations.addHandler(handler)
        return AcceptedAssociation(
            try AssociationConnection(wrapping: channel),
            activity,
            at: self,
            logger: log
        )
    }
}
