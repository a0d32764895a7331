package import Associations
import DIMSE
package import Logging
package import NIOCore
import NIOPosix
import Nursery
package import ServiceClasses
package import UpperLayer

/// Opens associations: the requestor of PS3.8, for `echo` and `send`.
package struct AssociationRequestor: Sendable {
    let host: String
    let port: Int
    let services: Services
    let limits: Limits
    let timeouts: Timeouts
    let connectTimeout: TimeAmount
    let tls: RequestorTLS?
    let eventLoopGroup: any EventLoopGroup
    let logger: Logger

    /// Connects to nothing yet.
    ///
    /// - Parameters:
    ///   - host: The acceptor's name or address.
    ///   - services: What is done with requests that the acceptor makes on the association.
    ///   - timeouts: `artim` bounds the wait for the A-ASSOCIATE-AC, `stall` that for a response.
    ///   - connectTimeout: How long the transport connection may take, with the TLS handshake.
    ///   - tls: nil: the connection is plain.
    ///   - eventLoopGroup: Where its connections live; it outlasts them.
    package init(
        host: String,
        port: Int,
        services: Services = Services([]),
        limits: Limits = Limits(),
        timeouts: Timeouts = Timeouts(),
        connectTimeout: TimeAmount = Timeouts.connect,
        tls: RequestorTLS? = nil,
        eventLoopGroup: any EventLoopGroup,
        logger: Logger
    ) {
        self.host = host
        self.port = port
        self.services = services
        self.limits = limits
        self.timeouts = timeouts
        self.connectTimeout = connectTimeout
        self.tls = tls
        self.eventLoopGroup = eventLoopGroup
        self.logger = logger
    }

    /// Requests an association, runs `body` with it, and releases it.
    ///
    /// *Resources*: when it returns, the transport connection is closed: after a release if `body` returned, after an
    /// A-ABORT if it threw.
    ///
    /// *Errors*: ``RequestorError`` if there is no connection or no association, or if it ends under way; and what
    /// `body` throws.
    package func withAssociation<Value: Sendable>(
        _ request: AssociateRQ,
        _ body: @escaping @Sendable (Association) async throws -> Value
    ) async throws -> Value {
        let requested = try await connect()
        do {
            return try await withTaskExecutorPreference(EventLoopExecutor(requested.connection.channel.eventLoop)) {
                try await self.converse(requested.connection, requested.activity, request, body)
            }
        } catch RequestorError.ended(.transportClosed) {
            // The peer may refuse our certificate behind its handshake (TLS 1.3): what it says then is the cause.
            throw requested.failure.map { RequestorError.insecure($0) } ?? RequestorError.ended(.transportClosed)
        }
    }

    private func converse<Value: Sendable>(
        _ connection: AssociationConnection,
        _ activity: SharedActivity,
        _ request: AssociateRQ,
        _ body: @escaping @Sendable (Association) async throws -> Value
    ) async throws -> Value {
        try await connection.closing {
            let association: Association
            do {
                association = try await associate(connection, activity, request)
            } catch ChannelError.ioOnClosedChannel {
                // The write met the end of the association: the indication of it, which says why, has not been taken
                // yet.
                throw RequestorError.ended(await connection.end())
            }
            do {
                let value = try await withNursery { (nursery: borrowing Nursery) in
                    // How the association ended is in its invocations, whatever ended the reading loop.
                    nursery.startSoon { _ = try? await association.serve() }
                    do {
                        let value = try await body(association)
                        try await connection.write(.release)
                        return value
                    } catch {
                        // A-ABORT: what ends the reading loop is the end of the association.
                        connection.channel.close(promise: nil)
                        throw error
                    }
                }
                if let end = association.invocations.end, end != .released { throw RequestorError.ended(end) }
                return value
            } catch ChannelError.ioOnClosedChannel {
                throw RequestorError.ended(association.invocations.end ?? .transportClosed)
            }
        }
    }

    /// A-ASSOCIATE request and confirmation (PS3.8 §7.1).
    private func associate(
        _ connection: AssociationConnection,
        _ activity: SharedActivity,
        _ request: AssociateRQ
    ) async throws -> Association {
        try await connection.write(.associate(request))
        switch await connection.next() {
        case .associateAccepted(let answer)?:
            return Association(
                connection,
                activity: activity,
                negotiated: Negotiated(request: request, answer: answer),
                services: services,
                limits: limits,
                logger: logger
            )
        case .associateRejected(let rejection)?: throw RequestorError.rejected(rejection)
        case .ended(let end)?: throw RequestorError.ended(end)
        case nil: throw RequestorError.ended(.transportClosed)
        case .associate?, .data?, .release?: throw RequestorError.unexpected("no A-ASSOCIATE-AC")
        }
    }
}

/// Why a requested association failed.
package enum RequestorError: Error, CustomStringConvertible {
    /// No transport connection.
    case unreachable(String)
    /// No TLS session, or it has broken.
    case insecure(TLSFailure)
    /// A-ASSOCIATE-RJ.
    case rejected(AssociateRJ)
    /// It ended before its work was done.
    case ended(AssociationEnd)
    /// The peer has left this many requests without an answer.
    case unanswered(Int)
    /// The peer sent something that is no answer to what was asked.
    case unexpected(String)

    package var description: String {
        switch self {
        case .unreachable(let reason): "no connection: \(reason)"
        case .insecure(let failure): "no TLS: \(failure)"
        case .rejected(let rejection): "association rejected: \(rejection)"
        case .ended(let end): "association \(end)"
        case .unanswered(let count): "\(count) requests are without an answer, and no further one is made"
        case .unexpected(let what): "unexpected answer: \(what)"
        }
    }
}
