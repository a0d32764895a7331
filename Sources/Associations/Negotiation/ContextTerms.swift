/// On which terms a presentation context is accepted: what a service class says of its abstract syntaxes.
package struct ContextTerms: Equatable, Sendable {
    /// The requestor may be SCU: the node is SCP (the default role, PS3.7 §D.3.3.4).
    package var requestorMayBeSCU: Bool
    /// The requestor may be SCP: the node invokes operations on the requestor's association.
    package var requestorMayBeSCP: Bool
    /// Transfer syntaxes that are taken; empty: every one.
    package var transferSyntaxes: Set<UID>
    /// The answer to SOP Class Extended Negotiation (PS3.7 §D.3.3.5); nil: none is given.
    package var serviceClassApplicationInformation: [UInt8]?

    /// - Parameter serviceClassApplicationInformation: nil: extended negotiation is not answered.
    package init(
        requestorMayBeSCU: Bool = true,
        requestorMayBeSCP: Bool = false,
        transferSyntaxes: Set<UID> = [],
        serviceClassApplicationInformation: [UInt8]? = nil
    ) {
        self.requestorMayBeSCU = requestorMayBeSCU
        self.requestorMayBeSCP = requestorMayBeSCP
        self.transferSyntaxes = transferSyntaxes
        self.serviceClassApplicationInformation = serviceClassApplicationInformation
    }

    /// A service that there is, and that this peer may not use: whatever roles are proposed, none is left.
    package static let withoutRole = ContextTerms(requestorMayBeSCU: false)

    /// The roles that a role selection item leaves, as the acceptance says them: SCU as proposed, SCP as the service
    /// class says.
    func roles(_ proposed: RoleSelection) -> RoleSelection {
        RoleSelection(
            sopClassUID: proposed.sopClassUID,
            scu: proposed.scu && requestorMayBeSCU,
            scp: proposed.scp && requestorMayBeSCP
        )
    }

    /// Whether a context on these terms has a use, given the requestor's role selection item; without one it is SCU.
    func leaveARole(_ proposed: RoleSelection?) -> Bool {
        guard let proposed else { return requestorMayBeSCU }
        let roles = roles(proposed)
        return roles.scu || roles.scp
    }
}
