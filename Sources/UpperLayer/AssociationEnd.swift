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
    init(_ transition: Transition, cause: AbortCause) {
        self =
            switch transition.pdu {
            case .abort(let abort): .aborted(abort, cause: "\(cause)")
            case .associateRJ(let rejection): .rejected(rejection)
            case .releaseRP: .released
            default: .aborted(nil, cause: transition.event == 18 ? "ARTIM expired" : "\(cause)")
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

extension PDU {
    /// As the standard names it.
    var name: StaticString {
        switch self {
        case .associateRQ: "A-ASSOCIATE-RQ"
        case .associateAC: "A-ASSOCIATE-AC"
        case .associateRJ: "A-ASSOCIATE-RJ"
        case .dataTF: "P-DATA-TF"
        case .releaseRQ: "A-RELEASE-RQ"
        case .releaseRP: "A-RELEASE-RP"
        case .abort: "A-ABORT"
        }
    }
}

/// Why the next A-ABORT of ours is sent: put into words only if it is.
enum AbortCause: CustomStringConvertible {
    case words(String)
    /// What has come last, and in which state, if it was not to come.
    case unexpected(pdu: StaticString, State)

    static let taskEnded = AbortCause.words("the association's task ended")

    var description: String {
        switch self {
        case .words(let words): words
        case .unexpected(let pdu, let state): "unexpected \(pdu) in \(state)"
        }
    }
}
