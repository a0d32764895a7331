/// The acceptor's answer.
package enum NegotiationOutcome: Equatable, Sendable {
    /// To be sent by AE-7, and what it means for the association.
    indirect case accept(AssociateAC, Negotiated)
    /// To be sent by AE-8.
    case reject(AssociateRJ)
}

extension NegotiationPolicy {
    /// The service-user's answer to a request (PS3.8 §7.1.1.14, Annex D; PS3.7 Annex D).
    ///
    /// A request is rejected for its application context, or because it proposes nothing at all; everything else is a
    /// matter of each context. A request whose contexts are all refused is still accepted, as the standard has it.
    package func answer(_ request: AssociateRQ) -> NegotiationOutcome {
        if let rejection = rejection(of: request) { return .reject(rejection) }
        var seen: Set<UInt8> = []
        let proposals = request.presentationContexts.filter { seen.insert($0.id).inserted }.prefix(contextsMax)
        let roles = Dictionary(
            request.userInformation.roleSelections.map { ($0.sopClassUID, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var accepted: [UID: ContextTerms] = [:]
        let contexts = proposals.map { proposal in
            let terms = proposal.abstractSyntax.isPlausible ? terms(proposal.abstractSyntax) : nil
            accepted[proposal.abstractSyntax] = terms
            return Self.answer(to: proposal, terms: terms, role: roles[proposal.abstractSyntax])
        }
        let acceptance = AssociateAC(
            calledAETitle: request.calledAETitle,
            callingAETitle: request.callingAETitle,
            applicationContextName: request.applicationContextName,
            presentationContexts: contexts,
            userInformation: userInformation(for: request.userInformation, accepted: accepted)
        )
        return .accept(
            acceptance,
            Negotiated(request: request, answer: acceptance, peer: request.userInformation)
        )
    }

    /// The service-provider's rejection, which AE-6 sends: a protocol version without bit 0 (PS3.8 Table 9-11).
    package static func providerRejection(of request: AssociateRQ) -> AssociateRJ? {
        request.protocolVersion & 1 == 0 ? .protocolVersionNotSupported : nil
    }

    private func rejection(of request: AssociateRQ) -> AssociateRJ? {
        if request.applicationContextName != applicationContextName { return .applicationContextNameNotSupported }
        return request.presentationContexts.isEmpty ? .noReasonGiven : nil
    }

    private static func answer(
        to proposal: ProposedPresentationContext,
        terms: ContextTerms?,
        role: RoleSelection?
    ) -> AnsweredPresentationContext {
        let chosen = transferSyntax(from: proposal.transferSyntaxes, among: terms?.transferSyntaxes ?? [])
        let result: PresentationContextResult =
            if let terms {
                if chosen == nil {
                    .transferSyntaxesNotSupported
                } else if !terms.leaveARole(role) {
                    .userRejection
                } else {
                    .acceptance
                }
            } else {
                .abstractSyntaxNotSupported
            }
        // A refusal needs no transfer syntax, but the sub-item has to be there (PS3.8 Table 9-18).
        let transferSyntax = chosen ?? proposal.transferSyntaxes.first(where: \.isPlausible) ?? .implicitVRLittleEndian
        return AnsweredPresentationContext(id: proposal.id, result: result, transferSyntax: transferSyntax)
    }

    /// The first one listed that can be a UID and is taken. Only where that is Implicit VR Little Endian or the retired
    /// Explicit VR Big Endian is Explicit VR Little Endian taken instead, if it is listed too: it keeps the value
    /// representations, in the usual order.
    ///
    /// - Parameter taken: Empty: every one.
    static func transferSyntax(from proposed: [UID], among taken: Set<UID> = []) -> UID? {
        if !taken.isEmpty { return transferSyntax(from: proposed.filter(taken.contains)) }
        guard let first = proposed.first(where: \.isPlausible) else { return nil }
        guard first == .implicitVRLittleEndian || first == .explicitVRBigEndian else { return first }
        return proposed.first { $0 == .explicitVRLittleEndian } ?? first
    }
}

extension UID {
    /// PS3.5 §A.1.
    package static let implicitVRLittleEndian: UID = "1.2.840.10008.1.2"
    /// PS3.5 §A.2.
    package static let explicitVRLittleEndian: UID = "1.2.840.10008.1.2.1"
    /// Retired.
    package static let explicitVRBigEndian: UID = "1.2.840.10008.1.2.2"
}
