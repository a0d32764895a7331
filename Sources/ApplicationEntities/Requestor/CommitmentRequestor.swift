package import Associations
package import DIMSE
package import Logging
package import NIOCore
package import ServiceClasses

/// Opens associations to SCUs of storage commitment, to report results that the associations of their requests did not
/// take.
package struct CommitmentRequestor: CommitmentPeers {
    private let settings: Settings
    private let implementationClassUID: UID
    private let implementationVersionName: String
    private let eventLoopGroup: any EventLoopGroup
    private let logger: Logger

    private static let contextID: UInt8 = 1

    /// - Parameters:
    ///   - settings: Where the peers are is read for each association.
    ///   - eventLoopGroup: Where the connections live; it outlasts them.
    package init(
        settings: Settings,
        implementationClassUID: UID,
        implementationVersionName: String,
        eventLoopGroup: any EventLoopGroup,
        logger: Logger
    ) {
        self.settings = settings
        self.implementationClassUID = implementationClassUID
        self.implementationVersionName = implementationVersionName
        self.eventLoopGroup = eventLoopGroup
        self.logger = logger
    }

    package func withAssociation(
        _ route: CommitmentRoute,
        _ body: @escaping @Sendable (@Sendable (CommitmentResult) async throws -> Status?) async throws -> Void
    ) async throws {
        let settings = settings.current
        guard let address = settings.addresses[route.peer] else { throw CommitmentPeerError.noAddress(route.peer) }
        let requestor = AssociationRequestor(
            host: address.host,
            port: address.port,
            limits: settings.limits,
            timeouts: settings.timeouts,
            tls: address.tls,
            eventLoopGroup: eventLoopGroup,
            logger: logger
        )
        do {
            try await requestor.withAssociation(request(route, settings.limits)) { association in
                guard let context = association.negotiated.contexts[Self.contextID] else {
                    throw CommitmentPeerError.refused(route.peer)
                }
                try await body { try await association.report($0, on: context) }
            }
        } catch let error as RequestorError {
            throw CommitmentPeerError.association(address, error)
        }
    }

    /// The roles say that the requestor is SCP, and no SCU (PS3.7 §D.3.3.4). An acceptor that does not answer them is
    /// told the result all the same, because many have only this one use for the context.
    private func request(_ route: CommitmentRoute, _ limits: Limits) -> AssociateRQ {
        AssociateRQ(
            calledAETitle: AETitle(asSent: Array(route.peer.utf8)),
            callingAETitle: AETitle(asSent: Array(route.own.utf8)),
            presentationContexts: [
                ProposedPresentationContext(
                    id: Self.contextID,
                    abstractSyntax: SOPClasses.storageCommitment,
                    transferSyntaxes: [UID.explicitVRLittleEndian, UID.implicitVRLittleEndian]
                )
            ],
            userInformation: UserInformation(
                maximumLengthReceived: UInt32(clamping: limits.pduLength),
                implementationClassUID: implementationClassUID,
                implementationVersionName: implementationVersionName,
                roleSelections: [RoleSelection(sopClassUID: SOPClasses.storageCommitment, scu: false, scp: true)]
            )
        )
    }
}

extension Association {
    /// N-EVENT-REPORT (PS3.7 §10.1.1) of a storage commitment's result: the status of the response.
    fileprivate func report(_ result: CommitmentResult, on context: AcceptedContext) async throws -> Status? {
        let information = result.eventInformation(transferSyntaxUID: context.transferSyntax.text)
        let response = try await invoke(on: context.id, dataSet: DataSetSource(information)) {
            .nEventReportRQ(NEventReportRQ($0, result))
        }
        return response.command.status
    }
}

/// Why a result cannot be reported now.
enum CommitmentPeerError: Error, CustomStringConvertible {
    case noAddress(String)
    case refused(String)
    case association(PeerAddress, RequestorError)

    var description: String {
        switch self {
        case .noAddress(let title):
            "no address is known of \(title): set peers.\(title).host and peers.\(title).port"
        case .refused(let title):
            "\(title) does not accept Storage Commitment with the requestor as SCP: enable it there"
        case .association(let address, let error):
            "\(address.host):\(address.port): \(error)"
        }
    }
}
