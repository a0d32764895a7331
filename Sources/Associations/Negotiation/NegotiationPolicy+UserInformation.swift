extension NegotiationPolicy {
    /// Our user information in an acceptance: each item only if the request has it (PS3.7 §D.3.3).
    ///
    /// - Parameter supported: The abstract syntaxes proposed that we serve, and how.
    func userInformation(for proposed: UserInformation, supported: [UID: SupportedService]) -> UserInformation {
        UserInformation(
            maximumLengthReceived: maximumLengthReceived,
            implementationClassUID: implementationClassUID,
            implementationVersionName: implementationVersionName,
            asynchronousOperationsWindow: proposed.asynchronousOperationsWindow.map(window),
            roleSelections: Self.roleSelections(proposed.roleSelections, supported),
            extendedNegotiations: Self.extendedNegotiations(proposed.extendedNegotiations, supported),
            userIdentityResponse: proposed.userIdentity?.positiveResponseRequested == true ? UserIdentityAC() : nil
        )
    }

    /// The smaller of both windows, where 0 is the largest. We perform all and invoke nothing (PS3.7 §D.3.3.3).
    private func window(_ proposed: AsynchronousOperationsWindow) -> AsynchronousOperationsWindow {
        let invoked =
            switch (proposed.invoked, operations) {
            case (0, let ours): ours
            case (let theirs, 0): theirs
            case (let theirs, let ours): min(theirs, ours)
            }
        return AsynchronousOperationsWindow(invoked: invoked, performed: 1)
    }

    /// SCU as proposed, never SCP: we invoke no operations on a peer's association (PS3.7 §D.3.3.4).
    private static func roleSelections(_ proposed: [RoleSelection], _ supported: [UID: SupportedService])
        -> [RoleSelection]
    {
        var seen: Set<UID> = []
        return proposed.filter { supported[$0.sopClassUID] != nil && canBeEchoed($0.sopClassUID, &seen) }
            .map { RoleSelection(sopClassUID: $0.sopClassUID, scu: $0.scu, scp: false) }
    }

    /// Storage: a level 2 SCP (every attribute is kept), which preserves signatures, bit by bit (level 3), and coerces
    /// nothing (PS3.4 §B.3.1.2). No other class we serve defines the item.
    private static func extendedNegotiations(_ proposed: [ExtendedNegotiation], _ supported: [UID: SupportedService])
        -> [ExtendedNegotiation]
    {
        var seen: Set<UID> = []
        return proposed.filter { supported[$0.sopClassUID] == .storage && canBeEchoed($0.sopClassUID, &seen) }
            .map {
                ExtendedNegotiation(
                    sopClassUID: $0.sopClassUID,
                    serviceClassApplicationInformation: [2, 0, 3, 0, 0, 0]
                )
            }
    }

    /// Once for each class, and not with padding without end: with 128 contexts at the most, the answer then fits the
    /// 65535 bytes of its item, whatever a request says.
    private static func canBeEchoed(_ uid: UID, _ seen: inout Set<UID>) -> Bool {
        uid.asSent.count <= 128 && seen.insert(uid).inserted
    }
}
