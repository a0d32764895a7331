package import Associations
package import Logging
package import NIOCore
import Nursery
package import ServiceClasses
import UpperLayer

/// The node as an SCP of its services: listeners, and one association nursery for each connection.
///
/// The whole life of the node is the shape of ``run(stop:ready:)``: connections are children of the node's nursery;
/// when it ends, none is left.
package struct ApplicationEntity: Sendable {
    /// Where the node listens.
    package struct Listen: Equatable, Sendable {
        package var host: String
        package var port: Int
        /// Connections speak TLS, as the settings say.
        package var isSecure: Bool

        /// - Parameter port: 0: one that is free.
        package init(host: String, port: Int, isSecure: Bool = false) {
            self.host = host
            self.port = port
            self.isSecure = isSecure
        }
    }

    let listen: [Listen]
    let negotiator: Negotiator
    let settings: Settings
    let admission: Admission
    let eventLoopGroup: any EventLoopGroup
    let clock: any Clock<Duration>
    let logger: Logger

    /// Does nothing yet: see ``run(stop:ready:)``.
    ///
    /// - Parameters:
    ///   - listen: One place at least.
    ///   - implementationClassUID: Ours, for the peer (PS3.7 §D.3.3.2).
    ///   - implementationVersionName: Which release of it.
    ///   - services: What is done with requests of an association that sees these settings.
    ///   - settings: Read once for each connection.
    ///   - passcodes: The entity's own; ends with ``run(stop:abort:ready:)``.
    ///   - eventLoopGroup: Where connections live; it outlasts the entity.
    ///   - clock: Measures `drain`; the other deadlines are the event loops'.
    package init(
        listen: [Listen],
        implementationClassUID: UID,
        implementationVersionName: String,
        services: @escaping @Sendable (Settings.Snapshot) -> Services,
        settings: Settings,
        passcodes: PasscodeChecks = PasscodeChecks(),
        eventLoopGroup: any EventLoopGroup,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.listen = listen
        negotiator = Negotiator(
            implementationClassUID: implementationClassUID,
            implementationVersionName: implementationVersionName,
            services: services,
            passcodes: passcodes
        )
        self.settings = settings
        admission = Admission()
        self.eventLoopGroup = eventLoopGroup
        self.clock = clock
        self.logger = logger
    }

    /// When the oldest of the associations that are established now began: seconds since 1970; nil: there is none.
    package var oldestAssociation: Int64? { admission.oldestAssociation }

    /// Listens, and serves until `stop` returns; then stops listening, releases associations that are idle, lets the
    /// others finish and, after `drain`, aborts what is left.
    ///
    /// - Parameters:
    ///   - stop: Returns when the node is to stop.
    ///   - abort: Returns when what is left is to be aborted at once; asked after `stop`.
    ///   - ready: Told the addresses, in the order of `listen`, once associations are accepted.
    ///
    /// *Resources*: when it returns, the listeners and every connection are closed and nothing it started is running.
    ///
    /// *Errors*: ``CannotListen`` if an address cannot be bound. Nothing that a peer does makes it throw.
    package func run(
        stop: @escaping @Sendable () async -> Void,
        abort: @escaping @Sendable () async -> Void = Self.never,
        ready: @escaping @Sendable ([SocketAddress]) async -> Void
    ) async throws {
        let result: Result<Void, any Error>
        do { result = .success(try await listen(stop, abort, ready)) } catch { result = .failure(error) }
        await negotiator.passcodes.shutDown()
        try result.get()
    }

    private func listen(
        _ stop: @escaping @Sendable () async -> Void,
        _ abort: @escaping @Sendable () async -> Void,
        _ ready: @escaping @Sendable ([SocketAddress]) async -> Void
    ) async throws {
        let listener = try await bind()
        await ready(listener.channels.compactMap(\.localAddress))
        let end: Result<Void, any Error>
        do { end = .success(try await serve(listener, stop: stop, abort: abort)) } catch { end = .failure(error) }
        // Connections without a task: those within their TLS handshake.
        for channel in admission.channels {
            channel.close(promise: nil)
            try? await channel.closeFuture.get()
        }
        try end.get()
    }

    private func serve(
        _ listener: Listener,
        stop: @escaping @Sendable () async -> Void,
        abort: @escaping @Sendable () async -> Void
    ) async throws {
        do {
            try await withNursery { (node: borrowing Nursery) in
                node.startSoon {
                    await stop()
                    try await self.drain(listener, abort: abort)
                }
                // On a listener's event loop, which hands the connections over: there is no thread in between.
                try await withTaskExecutorPreference(EventLoopExecutor(listener.eventLoop)) {
                    try await withNursery { (connections: borrowing Nursery) in
                        await self.accept(from: listener, into: connections)
                    }
                }
                // The last connection is closed: nothing is left to wait for.
                node.cancel()
            }
        } catch let end as DrainEnd {
            logger.warning("associations aborted: \(end.rawValue)")
        }
    }

    /// Why associations are not waited for any longer.
    private enum DrainEnd: String, Error {
        case expired = "they did not end in time after the node was told to stop"
        case aborted = "the node was told to stop a second time"
    }

    /// Returns when the task is cancelled.
    package static func never() async {
        for await _ in AsyncStream<Never>.makeStream().stream {}
    }

    /// What happens when the node is told to stop. Throwing is what cancels the connections, and no peer that keeps its
    /// socket open is waited for then.
    private func drain(_ listener: Listener, abort: @escaping @Sendable () async -> Void) async throws {
        do {
            try await release(listener, abort: abort)
        } catch let end as DrainEnd {
            for channel in admission.channels {
                channel.triggerUserOutboundEvent(UpperLayerHandler.CloseSoon(), promise: nil)
            }
            throw end
        }
    }

    private func release(_ listener: Listener, abort: @escaping @Sendable () async -> Void) async throws {
        logger.info("stopping", metadata: ["associations": "\(admission.associations)"])
        // Nothing is accepted after that, so that none is missed below.
        await listener.close()
        for channel in admission.channels {
            channel.triggerUserOutboundEvent(UpperLayerHandler.ReleaseWhenIdle(), promise: nil)
        }
        let drain = settings.current.timeouts.drain
        try await withNursery { (deadline: borrowing Nursery) in
            if drain > .zero {
                deadline.startSoon {
                    try await self.clock.sleep(for: Duration(drain))
                    throw DrainEnd.expired
                }
            }
            await abort()
            deadline.cancel()
        }
        try Task.checkCancellation()
        throw DrainEnd.aborted
    }

    private func accept(from listener: Listener, into connections: borrowing Nursery) async {
        await withTaskCancellationHandler {
            while let association = await listener.accepted.next() {
                // Cannot throw, so that no association can end another.
                connections.startSoon { await association.serve() }
            }
        } onCancel: {
            for channel in listener.channels { channel.close(promise: nil) }
        }
        await listener.close()
    }
}
