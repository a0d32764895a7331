import Associations
import Logging
package import NIOCore
import NIOPosix
import UpperLayer

/// The listening sockets, and what they have accepted.
struct Listener {
    let channels: [any Channel]
    let accepted: AcceptQueue
    /// The event loop of one of them.
    let eventLoop: any EventLoop

    /// Closes the sockets, and returns when they are: no connection is accepted after that.
    func close() async {
        for channel in channels { channel.close(promise: nil) }
        for channel in channels { try? await channel.closeFuture.get() }
    }
}

extension ApplicationEntity {
    /// Binds the listener. Each connection gets its handlers before its first byte is read.
    ///
    /// Its association goes to a queue, not through NIO's asynchronous channel, because that would take a connection to
    /// its event loop and back twice, each time with futures.
    ///
    /// *Errors*: ``CannotListen``.
    func bind() async throws -> Listener {
        let accepted = AcceptQueue()
        var channels: [any Channel] = []
        func listener() -> Listener {
            let eventLoop = channels.first?.eventLoop ?? eventLoopGroup.any()
            return Listener(channels: channels, accepted: accepted, eventLoop: eventLoop)
        }
        for place in listen {
            do {
                channels.append(try await bind(place, accepted))
            } catch {
                await listener().close()
                throw CannotListen(place, cause: error)
            }
        }
        let bound = listener()
        EventLoopFuture.andAllComplete(channels.map(\.closeFuture), on: bound.eventLoop).whenComplete { _ in
            accepted.finish()
        }
        return bound
    }

    private func bind(_ place: Listen, _ accepted: AcceptQueue) async throws -> any Channel {
        try await ServerBootstrap(group: eventLoopGroup)
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
                    try Self.configure(channel, isSecure: place.isSecure)
                    if place.isSecure {
                        try AcceptedHandshake.begin(channel, at: self, accepted)
                    } else {
                        try accepted.append(try self.arrive(channel))
                    }
                }
            }
            .bind(host: place.host, port: place.port).get()
    }

    /// Without futures, which the bootstrap's options are set by: there may be thousands of connections a second.
    private static func configure(_ channel: any Channel, isSecure: Bool) throws {
        guard let options = channel.syncOptions else { return }
        try options.setOption(.maxMessagesPerRead, value: 1)
        // A peer that has shut down its sending still gets its answers.
        try options.setOption(.allowRemoteHalfClosure, value: true)
        try options.setOption(
            .recvAllocator,
            value: AdaptiveRecvByteBufferAllocator(
                minimum: UpperLayerLimits.readBufferMinimum,
                initial: UpperLayerLimits.readBufferMinimum,
                maximum: isSecure ? AcceptorLimits.tlsReadBufferMaximum : UpperLayerLimits.readBufferMaximum
            )
        )
        try options.setOption(
            .writeBufferWaterMark,
            value: .init(low: UpperLayerLimits.writeLowWaterMark, high: UpperLayerLimits.writeHighWaterMark)
        )
    }

    /// Gives an accepted connection its handlers, and the association that is to be served. Called on its event loop.
    package func arrive(_ channel: any Channel) throws -> AcceptedAssociation {
        try arrive(channel, enter(channel))
    }

    /// A connection's place.
    func enter(_ channel: any Channel) -> AcceptedConnection {
        let host = channel.remoteAddress?.ipAddress ?? "unknown"
        var logger = self.logger
        logger[metadataKey: "peer"] = "\(host)"
        return AcceptedConnection(
            channel,
            host: host,
            settings: self.settings.shared,
            admission: self.admission,
            logger: logger
        )
    }

    /// The same for a connection that has its place.
    func arrive(_ channel: any Channel, _ accepted: AcceptedConnection) throws -> AcceptedAssociation {
        let activity = SharedActivity()
        let handler = UpperLayerHandler(
            role: .acceptor,
            limits: accepted.settings.snapshot.limits.pduDecoder,
            timeouts: accepted.settings.snapshot.timeouts,
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
        return AcceptedAssociation(try AssociationConnection(wrapping: channel), activity, accepted, negotiator)
    }
}

/// An address that cannot be listened on.
package struct CannotListen: Error {
    package let listen: ApplicationEntity.Listen
    /// What the kernel, or the resolver of names, says.
    package let cause: any Error

    package init(_ listen: ApplicationEntity.Listen, cause: any Error) {
        self.listen = listen
        self.cause = cause
    }
}
