import Associations
import Logging
import NIOCore
import Synchronization
import UpperLayer

/// A connection of a requestor from its first byte on: its handlers, its log, and what TLS says of it.
final class RequestedConnection: UpperLayerDelegate, TLSHandshake.Delegate {
    /// What an association's tasks need of a connection that is made, and of its TLS session, if it has one.
    struct Made: Sendable {
        let connection: AssociationConnection
        let activity: SharedActivity
        fileprivate let owner: RequestedConnection

        /// Why the TLS session has broken, if it has.
        var failure: TLSFailure? { owner.brokenBy.withLock { $0 } }
    }

    private let requestor: AssociationRequestor
    private let made: EventLoopPromise<Made>
    private let brokenBy = Mutex<TLSFailure?>(nil)

    /// - Parameter made: Told of the connection, or why there is none, once TLS is done.
    private init(_ requestor: AssociationRequestor, _ made: EventLoopPromise<Made>) {
        self.requestor = requestor
        self.made = made
    }

    /// Gives a new channel the handlers of TLS, if there is TLS, and those of the upper layer when it is done; called
    /// on its event loop.
    ///
    /// *Errors*: the future's are ``TLSFailure``.
    static func begin(_ requestor: AssociationRequestor, on channel: any Channel) throws -> EventLoopFuture<Made> {
        let made = channel.eventLoop.makePromise(of: Made.self)
        let connection = RequestedConnection(requestor, made)
        do {
            guard let tls = requestor.tls else {
                try connection.addUpperLayer(channel)
                return made.futureResult
            }
            let handler = try tls.handler(for: requestor.host)
            try channel.pipeline.syncOperations.addHandlers(
                handler,
                TLSHandshake(
                    role: .requestor,
                    over: handler,
                    deadline: requestor.connectTimeout,
                    delegate: connection
                )
            )
        } catch {
            made.fail(error)
            throw error
        }
        return made.futureResult
    }

    private func addUpperLayer(_ channel: any Channel) throws {
        let activity = SharedActivity()
        let handler = UpperLayerHandler(
            role: .requestor,
            limits: requestor.limits.pduDecoder,
            timeouts: requestor.timeouts,
            activity: activity,
            delegate: self
        )
        try channel.pipeline.syncOperations.addHandler(handler)
        let connection = try AssociationConnection(wrapping: channel)
        made.succeed(Made(connection: connection, activity: activity, owner: self))
    }

    func performed(_ transition: Transition) { requestor.logger.trace("\(transition)") }

    // MARK: TLS

    func established(_ channel: any Channel, _ session: TLSSession) throws {
        do {
            try requestor.tls?.verify(session.certificate, for: requestor.host)
            try addUpperLayer(channel)
        } catch {
            made.fail(error)
            throw error
        }
    }

    func failed(_ failure: TLSFailure) { made.fail(failure) }

    func broken(_ failure: TLSFailure) { brokenBy.withLock { $0 = failure } }
}
