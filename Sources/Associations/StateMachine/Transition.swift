/// The actions of PS3.8 §9.2.2, Tables 9-6 to 9-9.
package enum Action: String, CaseIterable, Sendable, CustomStringConvertible {
    case ae1 = "AE-1"
    case ae2 = "AE-2"
    case ae3 = "AE-3"
    case ae4 = "AE-4"
    case ae5 = "AE-5"
    case ae6 = "AE-6"
    case ae7 = "AE-7"
    case ae8 = "AE-8"
    case dt1 = "DT-1"
    case dt2 = "DT-2"
    case ar1 = "AR-1"
    case ar2 = "AR-2"
    case ar3 = "AR-3"
    case ar4 = "AR-4"
    case ar5 = "AR-5"
    case ar6 = "AR-6"
    case ar7 = "AR-7"
    case ar8 = "AR-8"
    case ar9 = "AR-9"
    case ar10 = "AR-10"
    case aa1 = "AA-1"
    case aa2 = "AA-2"
    case aa3 = "AA-3"
    case aa4 = "AA-4"
    case aa5 = "AA-5"
    case aa6 = "AA-6"
    case aa7 = "AA-7"
    case aa8 = "AA-8"

    package var description: String { rawValue }
}

/// What is to be done with the association request/reject/release timer (PS3.8 §9.1.5).
package enum ARTIM: Sendable {
    /// Leave it as it is.
    case unchanged
    /// Start it, or start it anew if it runs.
    case start
    /// Stop it if it runs.
    case stop
}

/// What is to be done with the transport connection.
package enum TransportEffect: Sendable {
    /// Leave it as it is.
    case keep
    /// Issue a TRANSPORT CONNECT request.
    case open
    /// Close it.
    case close
}

/// A primitive for the service-user (PS3.8 §7).
package enum Indication: Equatable, Sendable {
    /// A-ASSOCIATE indication.
    indirect case associate(AssociateRQ)
    /// A-ASSOCIATE confirmation (accept).
    indirect case associateAccepted(AssociateAC)
    /// A-ASSOCIATE confirmation (reject).
    case associateRejected(AssociateRJ)
    /// P-DATA indication: the values of the P-DATA-TF that now arrives.
    case data
    /// A-RELEASE indication.
    case release
    /// A-RELEASE confirmation.
    case releaseConfirmed
    /// A-ABORT indication: the peer's service-user aborted.
    case aborted(Abort)
    /// A-P-ABORT indication: a service-provider aborted, or the transport connection was lost.
    case providerAborted(ProviderAbortReason)
}

/// What one event does: four effects, to be performed in the order of the properties.
package struct Transition: Equatable, Sendable, CustomStringConvertible {
    /// The cell of Table 9-10, for the log and for the tests.
    package let action: Action
    /// First the timer,
    package let artim: ARTIM
    /// then what is to be sent,
    package let pdu: PDU?
    /// then what the service-user is told,
    package let indication: Indication?
    /// then the transport connection, after what was sent has gone.
    package let transport: TransportEffect
    /// The state before.
    package let from: State
    /// The state now.
    package let to: State
    /// The event's number, 1 to 19.
    package let event: Int

    /// `Sta2 + Evt6 → AE-6 → Sta3`
    package var description: String { "\(from) + Evt\(event) → \(action) → \(to)" }
}
