package import Associations
import DIMSE
import DataSets
import Logging
import NIOCore
import Synchronization

/// The Storage Commitment service class, Push Model (PS3.4 Annex J), as SCP: takes requests, records them, and sends
/// their results on the association that they came on, as long as it is open. All else is ``CommitmentReporting``.
package struct CommitmentSCP: ServiceClass {
    /// The one instance of the SOP class (PS3.4 §J.3.5).
    package static let wellKnownInstanceUID: UID = "1.2.840.10008.1.20.1.1"
    /// Request Storage Commitment, the one action (PS3.4 §J.3.2.1).
    package static let actionTypeID: UInt16 = 1

    private let transactions: CommitmentTransactions
    private let clock: any Clock<Duration>
    private let arriving: ArrivingBytes

    /// - Parameter clock: Measures how long an SCU has to release its association.
    package init(_ transactions: CommitmentTransactions, clock: any Clock<Duration> = ContinuousClock()) {
        self.transactions = transactions
        self.clock = clock
        arriving = ArrivingBytes()
    }

    package var permission: Permission { .commit }

    /// The requestor is SCU. As SCP it could only tell results of requests that the node does not make.
    package func terms(for abstractSyntax: UID) -> ContextTerms? {
        guard abstractSyntax == SOPClasses.storageCommitment else { return nil }
        return ContextTerms(transferSyntaxes: Set(ElementWalker.transferSyntaxUIDs.map { UID($0) }))
    }

    package func begin(_ request: Request) -> Decision? {
        guard request.context.abstractSyntax == SOPClasses.storageCommitment,
            case .nActionRQ(let action) = request.command
        else { return nil }
        if let refusal = Self.refusal(of: action, hasDataSet: request.hasDataSet) {
            request.logger.warning(
                "storage commitment refused",
                metadata: ["status": "\(refusal.status)", "reason": "\(refusal.comment)"]
            )
            let response = NActionRSP(to: action, status: refusal.status, errorComment: refusal.comment)
            return .respond(Message(.nActionRSP(response)))
        }
        return .perform(
            CommitmentOperation(action, request, transactions: transactions, clock: clock, arriving: arriving)
        )
    }

    /// What is wrong with the command (PS3.7 §10.1.4.1.10).
    private static func refusal(of action: NActionRQ, hasDataSet: Bool) -> Refusal? {
        guard action.requestedSOPClassUID == SOPClasses.storageCommitment else {
            return Refusal(.noSuchSOPClass, "Requested SOP Class UID is not Storage Commitment Push Model")
        }
        guard action.requestedSOPInstanceUID == wellKnownInstanceUID else {
            return Refusal(.noSuchSOPInstance, "Requested SOP Instance UID is not \(wellKnownInstanceUID)")
        }
        guard action.actionTypeID == actionTypeID else {
            return Refusal(.noSuchActionType, "Action Type ID is not \(actionTypeID)")
        }
        return hasDataSet ? nil : Refusal(.invalidArgumentValue, "No Action Information")
    }
}

/// Bytes of the requests that arrive now, on all associations.
final class ArrivingBytes: Sendable {
    private let count = Mutex(0)

    /// False: there is no room for them.
    func take(_ bytes: Int) -> Bool {
        count.withLock { count in
            guard count + bytes <= CommitmentLimits.arrivingBytes else { return false }
            count += bytes
            return true
        }
    }

    func giveBack(_ bytes: Int) { count.withLock { $0 -= bytes } }
}
