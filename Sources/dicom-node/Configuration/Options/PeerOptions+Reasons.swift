import ApplicationEntities
import Associations
import UpperLayer

extension PeerOptions {
    /// Why there is no association, or no more: which peer, what is wrong, and what can be done.
    func reason(_ error: any Error) -> String {
        guard let error = error as? RequestorError else { return "\(error)" }
        return switch error {
        case .unreachable(let reason): "no connection to \(name): \(reason)"
        case .insecure(let failure): "no TLS with \(name): \(failure)"
        case .rejected(let rejection): "association rejected by \(name): \(rejection)\(advice(rejection))"
        case .ended(let end): reason(end)
        case .unanswered(let count): "\(name) has left \(count) requests without an answer: the association is given up"
        case .unexpected(let what): "unexpected answer from \(name): \(what)"
        }
    }

    private func reason(_ end: AssociationEnd) -> String {
        switch end {
        case .released: "association released by the peer \(name) before all was done"
        case .rejected(let rejection): reason(RequestorError.rejected(rejection))
        case .abortedByPeer(let abort): "association aborted by the peer \(name): \(abort)"
        case .aborted(_, let cause): "association with \(name) aborted by us: \(cause)"
        case .transportClosed:
            "connection closed by the peer \(name) without release or abort"
                + (tls.isEnabled ? "" : "; if this is a TLS port, give --tls")
        }
    }

    private func advice(_ rejection: AssociateRJ) -> String {
        switch rejection {
        case .calledAETitleNotRecognized:
            "; the peer is not called \(calledAeTitle): give its title with --called-ae-title "
                + "(a node of this program is called DICOMNODE unless set otherwise)"
        case .callingAETitleNotRecognized:
            "; the peer does not know \(callingAeTitle): add it there, or give a title it knows with --calling-ae-title"
        case .localLimitExceeded, .temporaryCongestion:
            "; the peer is busy: try again later"
        default: ""
        }
    }
}
