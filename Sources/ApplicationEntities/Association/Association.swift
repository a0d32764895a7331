package import Associations
import DIMSE
import Logging
import NIOCore
import Nursery
import ServiceClasses
import UpperLayer

/// One established association (PS3.7), in both directions: requests of the peer are served, requests of the node are
/// invoked.
///
/// ``serve(in:)`` is the reading loop, of which there is one; everything else is called by the association's tasks, all
/// of which run on the channel's event loop.
///
/// *Resources*: ends with its connection, which ``AcceptedAssociation`` or ``AssociationRequestor`` closes.
package final class Association: Sendable {
    /// What both sides agreed on.
    package let negotiated: Negotiated
    let connection: AssociationConnection
    /// The address of the peer; empty: not known.
    let host: String
    let activity: SharedActivity
    let services: Services
    let limits: Limits
    let logger: Logger
    let sender: MessageSender
    let responses: ResponseOrder
    let invocations: Invocations
    let continuing = ContinuingOperations()

    init(
        _ connection: AssociationConnection,
        host: String = "",
        activity: SharedActivity,
        negotiated: Negotiated,
        services: Services,
        limits: Limits,
        logger: Logger
    ) {
        self.connection = connection
        self.host = host
        self.activity = activity
        self.negotiated = negotiated
        self.services = services
        self.limits = limits
        self.logger = logger
        sender = MessageSender(connection: connection, peerMaximumLength: negotiated.peerMaximumLength)
        responses = ResponseOrder(
            sender: sender,
            activity: activity,
            isOrdered: !negotiated.windowNegotiated,
            limit: max(1, limits.operations)
        )
        invocations = Invocations(activity: activity, channel: connection.channel)
    }

    /// Why the reading loop ended.
    private enum Ending: Sendable {
        /// The peer asks for release, and waits for our answer.
        case releaseRequested
        case ended(AssociationEnd)
    }

    /// Serves the peer until the association has ended; how it did.
    ///
    /// The nursery holds the reading loop and a child for each operation, so that the next data set streams in while
    /// the last one is committed.
    ///
    /// *Resources*: when it returns or throws, no operation is running, and every wait for a response has ended.
    ///
    /// *Errors*: throws if the connection is lost while something is sent, and `CancellationError`.
    func serve() async throws -> AssociationEnd {
        defer { invocations.end(.transportClosed) }
        let ending = try await withNursery { (operations: borrowing Nursery) in
            try await self.read(operations)
        }
        // Here every operation has ended and its last response is written: only now may the release be answered.
        switch ending {
        case .ended(let end):
            return end
        case .releaseRequested:
            // A write that meets the end of the connection: the indication says how it ended.
            do { try await connection.write(.releaseResponse) } catch ChannelError.ioOnClosedChannel {}
            let end = await connection.end()
            invocations.end(end)
            return end
        }
    }

    /// The reading loop: one indication after the other, until the association ends or is to be released.
    private func read(_ operations: borrowing Nursery) async throws -> Ending {
        let dispatcher = MessageDispatcher(self)
        do {
            while let indication = await connection.next() {
                switch indication {
                case .data(let fragments): try await dispatcher.take(fragments, in: operations)
                case .release:
                    await dispatcher.end()
                    // The peer answers nothing any more (PS3.8 §7.2).
                    invocations.end(.released)
                    continuing.cancel()
                    return .releaseRequested
                case .ended(let end):
                    await dispatcher.end()
                    invocations.end(end)
                    responses.cancelAll()
                    continuing.cancel()
                    return .ended(end)
                case .associate, .associateAccepted, .associateRejected: break  // Before the association, not in it.
                }
            }
            try Task.checkCancellation()
            await dispatcher.end()
            continuing.cancel()
            return .ended(.transportClosed)
        } catch {
            await dispatcher.end()
            throw error
        }
    }
}
