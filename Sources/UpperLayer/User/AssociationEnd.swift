package import Associations

/// How an association ended. Logged once and counted once.
package enum AssociationEnd: Equatable, Sendable {
    /// Released by either side (PS3.8 §7.2).
    case released
    /// Rejected, by us or by the peer (PS3.8 §9.3.4).
    case rejected(AssociateRJ)
    /// The peer sent A-ABORT.
    case abortedByPeer(Abort)
    /// We sent A-ABORT, or closed without one where the table has none; `cause` says why in words.
    case aborted(Abort?, cause: String)
    /// The peer closed the transport connection without release or abort.
    case transportClosed
}

extension AssociationEnd {
    /// The end that a transition means: by what we sent, or by what was expected.
    ///
    /// - Parameter cause: Why it was made, if neither a PDU nor ARTIM is the reason.
    init(_ transition: Transition, cause: @autoclosure () -> String) {
        func reason() -> String {
            switch transition.event {
            case 3: "unexpected A-ASSOCIATE-AC in \(transition.from)"
            case 4: "unexpected A-ASSOCIATE-RJ in \(transition.from)"
            case 6: "unexpected A-ASSOCIATE-RQ in \(transition.from)"
            case 10: "unexpected P-DATA-TF in \(transition.from)"
            case 12: "unexpected A-RELEASE-RQ in \(transition.from)"
            case 13: "unexpected A-RELEASE-RP in \(transition.from)"
            case 18: "ARTIM expired"
            default: cause()
            }
        }
        self =
            switch transition.pdu {
            case .abort(let abort): .aborted(abort, cause: reason())
            case .associateRJ(let rejection): .rejected(rejection)
            case .releaseRP: .released
            default: .aborted(nil, cause: reason())
            }
    }
}

extension AssociationEnd: CustomStringConvertible {
    package var description: String {
        switch self {
        case .released: "released"
        case .rejected(let rejection): "rejected (\(rejection))"
        case .abortedByPeer(let abort): "aborted by the peer (\(abort))"
        case .aborted(let abort?, let cause): "aborted (\(abort)): \(cause)"
        case .aborted(nil, let cause): "closed: \(cause)"
        case .transportClosed: "transport connection closed by the peer"
        }
    }
}
