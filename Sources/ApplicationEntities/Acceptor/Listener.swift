import Associations
import Logging
package import NIOCore
import NIOPosix
import UpperLayer

/// The listening socket, and what it has accepted.
struct Listener {
    let channel: any Channel
    let accepted: AcceptQueue
}

extension ApplicationEntity {
    /// Binds the listener. Each connection gets its handlers before its first byte is read.
    ///
    /// Its association goes to a queue, not through NIO's asynchronous channel, because that would take a connection to
    /// its event loop and back twice, each time with futures.
    func bind() async throws -> Listener {
        let accepted = AcceptQueue()
        let channel = try await ServerBootstrap(group: eventLoopGroup)
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
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.configure(channel)
                    try accepted.append(try self.arrive(channel))
                }
            }
            .bind(host: listen.host, port: listen.port).get()
        channel.closeFuture.whenComplete { _ in accepted.finish() }
        return Listener(channel: channel, accepted: accepted)
    }

    /// Without futures, which the bootstrap's options are set by: there may be thousands of connections a second.
    private static func configure(_ channel: any Channel) throws {
        guard let options = channel.syncOptions else { return }
        try options.setOption(.maxMessagesPerRead, value: 1)
        // A peer that has shut down its sending still gets its answers.
        try options.setOption(.allowRemoteHalfClosure, value: true)
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
        var logger = self.logger
        logger[metadataKey: "peer"] = "\(host)"
        let log = logger
        let activity = SharedActivity()
        let settings = self.settings.current
        let accepted = AcceptedConnection(
            channel,
            host: host,
            settings: settings,
            admission: self.admission,
            logger: log
        )
        let handler = UpperLayerHandler(
            role: .acceptor,
            limits: settings.limits.pduDecoder,
            timeouts: settings.timeouts,
            activity: activity,
            delegate: accepted
        )
        do {
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            // The channel has been closed; the handler will not be told.
            accepted.connectionClosed()
            throw error
        }
        return AcceptedAssociation(
            try AssociationConnection(wrapping: channel),
            activity,
            accepted,
            at: self,
            logger: log
        )
    }
}
