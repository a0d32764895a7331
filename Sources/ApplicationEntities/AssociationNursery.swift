import Associations
import DIMSE
import Logging
import NIOCore
import Nursery
import ServiceClasses
import UpperLayer

/// One association, from the accepted connection to the closed one: the service-user of PS3.8.
///
/// The nursery holds the reading loop and a child for each instance that is being committed, so that the next object streams in while
/// the last one is synced. When ``serve()`` returns, nothing it started is running, the transport connection is closed, every instance
/// answered 0000H is durable and no other is visible.
///
/// A class, and its steps no larger than they must be: what waits for an idle peer is a task whose frames hold little more than a reference.
package final class AssociationNursery: Sendable {
    private let connection: AssociationConnection
    private let activity: SharedActivity
    private let policy: NegotiationPolicy
    private let storage: StorageSCP
    private let limits: Limits
    private let logger: Logger

    /// - Parameter logger: Names the peer.
    init(_ connection: AssociationConnection, _ activity: SharedActivity, at entity: ApplicationEntity, logger: Logger)
    {
        self.connection = connection
        self.activity = activity
        self.policy = entity.policy
        self.storage = entity.storage
        self.limits = entity.limits
        self.logger = logger
    }

    /// Why the reading loop ended.
    private enum Ending: Sendable {
        /// The peer asks for release, and waits for our answer.
        case releaseRequested
        case ended(AssociationEnd)
    }

    /// Serves the association on its channel's event loop, and logs how it ended.
    ///
    /// *Resources*: closes the connection, whatever happens; waits for it, also when cancelled.
    ///
    /// *Errors*: none are thrown: an association's failure is logged, and nobody else's concern. Cancellation aborts the association
    /// (the channel's handler turns the close into A-ABORT) once the commits under way have ended.
    package func serve() async {
        await withTaskExecutorPreference(EventLoopExecutor(self.connection.channel.eventLoop)) {
            let end = await self.end()
            self.logger.info("association ended", metadata: ["end": "\(end)"])
        }
    }

    private func end() async -> AssociationEnd {
        do {
            return try await self.connection.closing { try await self.associate() }
        } catch is CancellationError {
            return .aborted(.serviceUser, cause: "the node is stopping")
        } catch {
            return .aborted(nil, cause: "\(error)")
        }
    }

    private func associate() async throws -> AssociationEnd {
        let ending = try await withNursery { (operations: borrowing Nursery) in
            try await self.converse(operations)
        }
        // Here every operation has ended and its response is written: only now may the release be answered.
        switch ending {
        case .ended(let end):
            return end
        case .releaseRequested:
            try await self.connection.write(.releaseResponse)
            while let indication = await self.connection.next() {
                if case .ended(let end) = indication { return end }
            }
            return .released
        }
    }

    /// The reading loop: one indication after the other, until the association ends or is to be released.
    private func converse(_ operations: borrowing Nursery) async throws -> Ending {
        var conversation: Conversation?
        do {
            while let indication = await self.connection.next() {
                switch indication {
                case .associate(let request): conversation = try await self.answer(request)
                case .data(let fragments): try await self.take(fragments, conversation, operations)
                case .release:
                    await conversation?.end()
                    return .releaseRequested
                case .ended(let end):
                    await conversation?.end()
                    return .ended(end)
                case .associateAccepted, .associateRejected: break  // A requestor's.
                }
            }
            try Task.checkCancellation()
            await conversation?.end()
            return .ended(.transportClosed)
        } catch {
            await conversation?.end()
            throw error
        }
    }

    /// Works through data that has come.
    ///
    /// Not inlined: as below.
    @inline(never)
    private func take(
        _ fragments: [PDVFragment],
        _ conversation: Conversation?,
        _ operations: borrowing Nursery
    ) async throws {
        guard let conversation else { return }
        try await conversation.take(fragments, in: operations)
    }

    /// Answers an A-ASSOCIATE indication; the conversation that follows, or nil if it was rejected.
    ///
    /// Not inlined: its frame would stay with the association for good.
    @inline(never)
    private func answer(_ request: AssociateRQ) async throws -> Conversation? {
        switch self.policy.answer(request) {
        case .reject(let rejection):
            self.logger.info("association rejected", metadata: Self.metadata(request))
            try await self.connection.write(.reject(rejection))
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
            try await self.connection.write(.accept(answer))
            return Conversation(
                negotiated: negotiated,
                storage: self.storage,
                connection: self.connection,
                activity: self.activity,
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
