import Associations
import Logging
import NIOCore
import NIOSSL
import UpperLayer

/// A connection of the TLS endpoint until its handshake is complete: it has its place among those without association,
/// and no task, timer or handler of the upper layer.
struct AcceptedHandshake: TLSHandshake.Delegate {
    private let entity: ApplicationEntity
    private let connection: AcceptedConnection
    private let accepted: AcceptQueue

    /// Gives an accepted connection the handlers of TLS; those of the upper layer come, and its association goes to the
    /// queue, when the handshake is complete. Called on its event loop.
    static func begin(_ channel: any Channel, at entity: ApplicationEntity, _ accepted: AcceptQueue) throws {
        let connection = entity.enter(channel)
        do {
            guard let tls = connection.settings.snapshot.tls else { throw TLSFaults([.noCertificate]) }
            let handler = NIOSSLServerHandler(context: tls.context)
            try channel.pipeline.syncOperations.addHandlers(
                handler,
                TLSHandshake(
                    role: .acceptor,
                    over: handler,
                    deadline: connection.settings.snapshot.timeouts.tlsHandshake,
                    delegate: AcceptedHandshake(entity: entity, connection: connection, accepted: accepted)
                )
            )
        } catch {
            connection.connectionClosed()
            throw error
        }
    }

    func established(_ channel: any Channel, _ session: TLSSession) throws {
        try accepted.append(try entity.arrive(channel, AcceptedConnection(connection, with: session)))
    }

    func failed(_ failure: TLSFailure) {
        connection.logger.notice("no TLS session", metadata: ["cause": "\(failure)"])
        connection.connectionClosed()
    }

    func broken(_ failure: TLSFailure) {
        connection.logger.notice("TLS session broken", metadata: ["cause": "\(failure)"])
    }
}
