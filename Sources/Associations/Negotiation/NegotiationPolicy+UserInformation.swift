extension NegotiationPolicy {
    /// Our user information in an acceptance: each item only if the request has it (PS3.7 §D.3.3).
    ///
    /// - Parameter accepted: The abstract syntaxes proposed that we serve, and on which terms.
    func userInformation(for proposed: UserInformation, accepted: [UID: ContextTerms]) -> UserInformation {
        UserInformation(
            maximumLengthReceived: maximumLengthReceived,
            implementationClassUID: implementationClassUID,
            implementationVersionName: implementationVersionName,
            asynchronousOperationsWindow: proposed.asynchronousOperationsWindow.map(window),
            roleSelections: Self.roleSelections(proposed.roleSelections, accepted),
            extendedNegotiations: Self.extendedNegotiations(proposed.extendedNegotiations, accepted),
            userIdentityResponse: response(to: proposed.userIdentity)
        )
    }

    private func response(to identity: UserIdentityRQ?) -> UserIdentityAC? {
        answersUserIdentity && identity?.positiveResponseRequested == true ? UserIdentityAC() : nil
    }

    /// The smaller of both windows, where 0 is the largest. One of ours at a time is all that the peer must perform
    /// (PS3.7 §D.3.3.3).
    private func window(_ proposed: AsynchronousOperationsWindow) -> AsynchronousOperationsWindow {
        let invoked =
            switch (proposed.invoked, operations) {
            case (0, let ours): ours
            case (let theirs, 0): theirs
            case (let theirs, let ours): min(theirs, ours)
            }
        return AsynchronousOperationsWindow(invoked: invoked, performed: 1)
    }

    /// Each class of a context that is accepted, once (PS3.7 §D.3.3.4).
    private static func roleSelections(_ proposed: [RoleSelection], _ accepted: [UID: ContextTerms]) -> [RoleSelection]
    {
        var seen: Set<UID> = []
        return proposed.compactMap { proposal in
            guard let terms = accepted[proposal.sopClassUID], canBeEchoed(proposal.sopClassUID, &seen) else {
                return nil
            }
            return terms.roles(proposal)
        }
    }

    private static func extendedNegotiations(_ proposed: [ExtendedNegotiation], _ accepted: [UID: ContextTerms])
        -> [ExtendedNegotiation]
    {
        var seen: Set<UID> = []
        return proposed.compactMap { proposal in
            guard let information = accepted[proposal.sopClassUID]?.serviceClassApplicationInformation,
                canBeEchoed(proposal.sopClassUID, &seen)
            else { return nil }
            return ExtendedNegotiation(
                sopClassUID: proposal.sopClassUID,
                serviceClassApplicationInformation: information
            )
        }
    }

    /// Once for each class, and not with padding without end: with 128 contexts at the most, the answer then fits the
    /// 65535 bytes of its item, whatever a request says.
    private static func canBeEchoed(_ uid: UID, _ seen: inout Set<UID>) -> Bool {
        uid.asSent.count <= 128 && seen.insert(uid).inserted
    }
}
