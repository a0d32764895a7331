package import Associations
import DIMSE
package import Logging
package import NIOCore
import Nursery
package import ServiceClasses

/// One association, from the accepted connection to the closed one: the service-user of PS3.8.
///
/// The nursery holds the reading loop and a child for each instance that is being committed, so that the next object streams in while
/// the last one is synced. When ``serve()`` returns, nothing it started is running, the transport connection is closed, every instance
/// answered 0000H is durable and no other is visible.
package struct AssociationNursery: Sendable {
    package typealias Connection = NIOAsyncChannel<UpperLayerIndication, UpperLayerRequest>

    let connection: Connection
    let activity: SharedActivity
    let policy: NegotiationPolicy
    let storage: StorageSCP
    let limits: Limits
    let logger: Logger

    package init(
        connection: Connection,
        activity: SharedActivity,
        policy: NegotiationPolicy,
        storage: StorageSCP,
        limits: Limits,
        logger: Logger
    ) {
        self.connection = connection
        self.activity = activity
        self.policy = policy
        self.storage = storage
        self.limits = limits
        self.logger = logger
    }

    /// Why the reading loop ended.
    private enum Ending: Sendable {
        /// The peer asks for release, and waits for our answer.
        case releaseRequested
        case ended(AssociationEnd)
    }

    /// Serves the association on its channel's event loop, and returns how it ended.
    ///
    /// *Resources*: closes the connection, whatever happens; waits for it, also when cancelled.
    ///
    /// *Errors*: none are thrown: an association's failure is a value, and nobody else's concern. Cancellation aborts the association
    /// (the channel's handler turns the close into A-ABORT) once the commits under way have ended.
    package func serve() async -> AssociationEnd {
        await withTaskExecutorPreference(EventLoopExecutor(self.connection.channel.eventLoop)) {
            await self.serveOnLoop()
        }
    }

    private func serveOnLoop() async -> AssociationEnd {
        do {
            return try await self.connection.executeThenClose { inbound, outbound in
                let ending = try await withNursery { (operations: borrowing Nursery) in
                    try await self.converse(inbound, outbound, operations)
                }
                // Here every operation has ended and its response is written: only now may the release be answered.
                switch ending {
                case .ended(let end):
                    return end
                case .releaseRequested:
                    try await outbound.write(.releaseResponse)
                    return .released
                }
            }
        } catch is CancellationError {
            return .aborted(.serviceUser, cause: "the node is stopping")
        } catch {
            return .aborted(nil, cause: "\(error)")
        }
    }

    /// The reading loop: one indication after the other, until the association ends or is to be released.
    private func converse(
        _ inbound: NIOAsyncChannelInboundStream<UpperLayerIndication>,
        _ outbound: NIOAsyncChannelOutboundWriter<UpperLayerRequest>,
        _ operations: borrowing Nursery
    ) async throws -> Ending {
        var conversation: Conversation?
        do {
            let ending = try await self.read(inbound, outbound, operations, &conversation)
            await conversation?.end()
            return ending
        } catch {
            await conversation?.end()
            throw error
        }
    }

    private func read(
        _ inbound: NIOAsyncChannelInboundStream<UpperLayerIndication>,
        _ outbound: NIOAsyncChannelOutboundWriter<UpperLayerRequest>,
        _ operations: borrowing Nursery,
        _ conversation: inout Conversation?
    ) async throws -> Ending {
        for try await indication in inbound {
            switch indication {
            case .associate(let request): conversation = try await self.answer(request, outbound)
            case .data(let fragments): try await conversation?.take(fragments, in: operations)
            case .release: return .releaseRequested
            case .ended(let end): return .ended(end)
            case .associateAccepted, .associateRejected: break  // A requestor's.
            }
        }
        try Task.checkCancellation()
        return .ended(.transportClosed)
    }

    /// Answers an A-ASSOCIATE indication; the conversation that follows, or nil if it was rejected.
    private func answer(
        _ request: AssociateRQ,
        _ outbound: NIOAsyncChannelOutboundWriter<UpperLayerRequest>
    ) async throws -> Conversation? {
        switch self.policy.answer(request) {
        case .reject(let rejection):
            self.logger.info("association rejected", metadata: Self.metadata(request))
            try await outbound.write(.reject(rejection))
            return nil
        case .accept(let answer, let negotiated):
            var logger = self.logger
            logger[metadataKey: "calling"] = "\(request.callingAETitle)"
            logger.info(
                "association accepted",
                metadata: Self.metadata(request).merging([
                    "contexts": "\(negotiated.contexts.count) of \(request.presentationContexts.count)"
                ]) { $1 }
            )
            try await outbound.write(.accept(answer))
            return Conversation(
                negotiated: negotiated,
                storage: self.storage,
                outbound: outbound,
                activity: self.activity,
                eventLoop: self.connection.channel.eventLoop,
                limits: self.limits,
                logger: logger
            )
        }
    }

    /// Who asks, for the log.
    private static func metadata(_ request: AssociateRQ) -> Logger.Metadata {
        [
            "calling": "\(request.callingAETitle)",
            "called": "\(request.calledAETitle)",
            "implementation": "\(request.userInformation.implementationVersionName ?? "")",
        ]
    }
}
