import Associations
import Logging
import NIOCore
import ServiceClasses
import UpperLayer

/// One association, from the accepted connection to the closed one: the service-user of PS3.8.
///
/// When ``serve()`` returns, nothing it started is running, the transport connection is closed, every instance answered
/// 0000H is durable and no other is visible.
///
/// A class, and its steps no larger than they must be: what waits for an idle peer is a task whose frames hold little
/// more than a reference.
package final class AcceptedAssociation: Sendable {
    private let connection: AssociationConnection
    private let activity: SharedActivity
    private let accepted: AcceptedConnection
    private let negotiator: Negotiator
    private let logger: Logger

    /// - Parameter accepted: What decided on the request before it is indicated.
    init(
        _ connection: AssociationConnection,
        _ activity: SharedActivity,
        _ accepted: AcceptedConnection,
        _ negotiator: Negotiator
    ) {
        self.connection = connection
        self.activity = activity
        self.accepted = accepted
        self.negotiator = negotiator
        logger = accepted.logger
    }

    /// Serves the association on its channel's event loop, and logs how it ended.
    ///
    /// *Resources*: closes the connection, whatever happens; waits for it, also when cancelled.
    ///
    /// *Errors*: none are thrown: an association's failure is logged, and concerns no other. Cancellation aborts the
    /// association (the channel's handler turns the close into A-ABORT) once the commits under way have ended.
    package func serve() async {
        await withTaskExecutorPreference(EventLoopExecutor(connection.channel.eventLoop)) {
            let end = await end()
            logger.info("association ended", metadata: ["end": "\(end)"])
        }
    }

    private func end() async -> AssociationEnd {
        do {
            return try await connection.closing {
                do {
                    switch try await associate() {
                    case .association(let association): return try await association.serve()
                    case .ended(let end): return end
                    }
                } catch ChannelError.ioOnClosedChannel {
                    // A write that met the end of the connection: the indication says how it ended.
                    return await connection.end()
                }
            }
        } catch is CancellationError {
            return .aborted(.serviceUser, cause: "the node is stopping")
        } catch {
            return .aborted(nil, cause: "\(error)")
        }
    }

    /// What an A-ASSOCIATE indication leads to.
    private enum Outcome: Sendable {
        case association(Association)
        case ended(AssociationEnd)
    }

    /// Waits for an A-ASSOCIATE indication and answers it.
    private func associate() async throws -> Outcome {
        while let indication = await connection.next() {
            switch indication {
            case .associate(let request):
                if let association = try await answer(request) { return .association(association) }
            case .ended(let end): return .ended(end)
            case .data, .release, .associateAccepted, .associateRejected: break  // None comes before.
            }
        }
        try Task.checkCancellation()
        return .ended(.transportClosed)
    }

    /// Answers an A-ASSOCIATE indication; the association, or nil if it was rejected.
    ///
    /// Not inlined, because its frame would stay with the association for good.
    @inline(never)
    private func answer(_ request: AssociateRQ) async throws -> Association? {
        let terms: Verdict.Terms
        switch await decision(on: request) {
        case .reject(let rejection, let rule): return try await reject(request, rejection, because: rule)
        case .accept(let accepted): terms = accepted
        }
        let limits = terms.limits(accepted.settings.snapshot.limits)
        let services = negotiator.services(accepted.settings, limits, terms)
        let permitted = terms.may.count == Permission.all.count ? services : services.permitted(terms.may)
        switch negotiator.policy(services, permitted, limits, terms).answer(request) {
        case .reject(let rejection): return try await reject(request, rejection)
        case .accept(let answer, let negotiated):
            var logger = logger
            logger[metadataKey: "calling"] = "\(request.callingAETitle)"
            if let user = terms.user { logger[metadataKey: "user"] = "\(user)" }
            logger.info(
                "association accepted",
                metadata: Self.metadata(request).merging([
                    "contexts": "\(negotiated.contexts.count) of \(request.presentationContexts.count)"
                ]) { $1 }
            )
            try await connection.write(.accept(answer))
            return Association(
                connection,
                host: accepted.host,
                activity: activity,
                negotiated: negotiated,
                services: permitted,
                limits: limits,
                logger: logger
            )
        }
    }

    /// What the access rules say, and where they ask for it whether the passcode is right.
    private func decision(on request: AssociateRQ) async -> Verdict {
        let verdict = accepted.verdict(on: request)
        guard case .accept(let terms) = verdict, let question = terms.passcode else { return verdict }
        switch await negotiator.passcodes.answer(question, from: accepted.host) {
        case .right: return verdict
        case .wrong: return UserRules.reject("user and passcode are not those of accept.user_file")
        case .busy: return .reject(.temporaryCongestion, because: "too many passcodes are being checked")
        }
    }

    private func reject(_ request: AssociateRQ, _ rejection: AssociateRJ, because rule: String? = nil) async throws
        -> Association?
    {
        var metadata = Self.metadata(request)
        metadata["rule"] = rule.map { "\($0)" }
        logger.info("association rejected", metadata: metadata)
        try await connection.write(.reject(rejection))
        return nil
    }

    /// Titles and implementation of the requestor, for the log.
    private static func metadata(_ request: AssociateRQ) -> Logger.Metadata {
        [
            "calling": "\(request.callingAETitle)",
            "called": "\(request.calledAETitle)",
            "implementation": "\(request.userInformation.implementationVersionName ?? "")",
        ]
    }
}
