package import Associations
package import ServiceClasses

/// Who may associate, and for what. A value: the same request from the same peer has the same verdict.
package struct AccessRules: Sendable {
    /// Titles the node answers to, compared without padding; empty: any.
    package var calledAETitles: Set<String>
    /// Titles that are taken beside those of ``peers``, compared without padding; empty: any.
    package var callingAETitles: Set<String>
    /// Where associations may come from; empty: from everywhere.
    package var hosts: [AddressRange]
    /// What is known of single peers, by their AE titles.
    package var peers: [String: PeerRule]
    /// Who may use the node; nil: user identities are answered and not checked.
    package var users: UserRules?
    /// What is stored.
    package var storage: StorageSCP.Acceptance

    /// Without rules: everything is accepted.
    package init(
        calledAETitles: Set<String> = [],
        callingAETitles: Set<String> = [],
        hosts: [AddressRange] = [],
        peers: [String: PeerRule] = [:],
        users: UserRules? = nil,
        storage: StorageSCP.Acceptance = StorageSCP.Acceptance()
    ) {
        self.calledAETitles = calledAETitles
        self.callingAETitles = callingAETitles
        self.hosts = hosts
        self.peers = peers
        self.users = users
        self.storage = storage
    }

    /// Whether anybody who reaches the node is accepted.
    package var areOpen: Bool {
        calledAETitles.isEmpty && callingAETitles.isEmpty && hosts.isEmpty && users?.areRequired != true
    }

    /// Whether a request from this address can be accepted at all.
    package func admits(_ address: IPAddress?) -> Bool {
        if hosts.isEmpty { return true }
        guard let address else { return false }
        return hosts.contains { $0.contains(address) }
            || peers.values.contains { $0.hosts.contains { $0.contains(address) } }
    }

    /// Decides on a request: the address first, so that a stranger learns nothing of titles; then the titles, the
    /// certificate, the user.
    package func verdict(on request: AssociateRQ, from facts: PeerFacts) -> Verdict {
        let calling = request.callingAETitle.text
        let peer = peers[calling]
        if let rejection = rejection(of: facts.address, calling, peer) { return rejection }
        if !calledAETitles.isEmpty, !calledAETitles.contains(request.calledAETitle.text) {
            return .reject(
                .calledAETitleNotRecognized,
                because: "accept.called_ae_titles does not list the called title"
            )
        }
        if peer == nil, !callingAETitles.isEmpty, !callingAETitles.contains(calling) {
            return .reject(
                .callingAETitleNotRecognized,
                because: "neither accept.calling_ae_titles nor peers list the calling title"
            )
        }
        if let subject = peer?.tlsSubject, facts.certificate?.isOf(subject) != true {
            let shown = facts.certificate.map { "the peer's is of \($0.subject)" } ?? "the peer has shown none"
            return .reject(
                .callingAETitleNotRecognized,
                because: "peers.\(calling).tls_subject asks for a certificate of \(subject), and \(shown)"
            )
        }
        var terms = Verdict.Terms()
        if let peer {
            terms.peer = peer
            terms.may = peer.may
        }
        guard let users else { return .accept(terms) }
        return users.verdict(on: request.userInformation.userIdentity, terms)
    }

    private func rejection(of address: IPAddress?, _ calling: String, _ peer: PeerRule?) -> Verdict? {
        let isOfPeer = peer?.hosts.isEmpty == false
        let hosts = isOfPeer ? peer?.hosts ?? [] : self.hosts
        guard !hosts.isEmpty else { return nil }
        if let address, hosts.contains(where: { $0.contains(address) }) { return nil }
        let shown = address.map { "\($0)" } ?? "an address that is none"
        // Of the reasons that PS3.8 Table 9-21 has, the one that makes its reader look at who the requestor is.
        return .reject(
            .callingAETitleNotRecognized,
            because: isOfPeer
                ? "peers.\(calling).host does not contain \(shown)" : "accept.hosts does not contain \(shown)"
        )
    }
}
