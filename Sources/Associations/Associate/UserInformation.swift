/// The user information item: what the ACSE service-users tell each other (PS3.8 §9.3.2.3, Annex D; PS3.7 Annex D).
package struct UserInformation: Equatable, Sendable {
    /// The longest P-DATA-TF variable field its sender can receive, in bytes; 0 is unlimited (PS3.8 §D.1).
    package var maximumLengthReceived: UInt32?
    /// The sender's implementation (PS3.7 §D.3.3.2).
    package var implementationClassUID: UID?
    /// Which release of it, 1 to 16 characters by the standard; longer ones are taken.
    package var implementationVersionName: String?
    /// PS3.7 §D.3.3.3.
    package var asynchronousOperationsWindow: AsynchronousOperationsWindow?
    /// PS3.7 §D.3.3.4.
    package var roleSelections: [RoleSelection]
    /// PS3.7 §D.3.3.5.
    package var extendedNegotiations: [ExtendedNegotiation]
    /// PS3.7 §D.3.3.6; only in a request.
    package var commonExtendedNegotiations: [CommonExtendedNegotiation]
    /// PS3.7 §D.3.3.7; only in a request.
    package var userIdentity: UserIdentityRQ?
    /// PS3.7 §D.3.3.7; only in an acceptance.
    package var userIdentityResponse: UserIdentityAC?
    /// Items of types unknown to us, kept as they came; ignored (PS3.8 §9.3.1).
    package var unknownItems: [UnknownItem]

    package init(
        maximumLengthReceived: UInt32? = nil,
        implementationClassUID: UID? = nil,
        implementationVersionName: String? = nil,
        asynchronousOperationsWindow: AsynchronousOperationsWindow? = nil,
        roleSelections: [RoleSelection] = [],
        extendedNegotiations: [ExtendedNegotiation] = [],
        commonExtendedNegotiations: [CommonExtendedNegotiation] = [],
        userIdentity: UserIdentityRQ? = nil,
        userIdentityResponse: UserIdentityAC? = nil,
        unknownItems: [UnknownItem] = []
    ) {
        self.maximumLengthReceived = maximumLengthReceived
        self.implementationClassUID = implementationClassUID
        self.implementationVersionName = implementationVersionName
        self.asynchronousOperationsWindow = asynchronousOperationsWindow
        self.roleSelections = roleSelections
        self.extendedNegotiations = extendedNegotiations
        self.commonExtendedNegotiations = commonExtendedNegotiations
        self.userIdentity = userIdentity
        self.userIdentityResponse = userIdentityResponse
        self.unknownItems = unknownItems
    }
}

/// How many operations may be outstanding; 0 is unlimited (PS3.7 Table D.3-7).
package struct AsynchronousOperationsWindow: Hashable, Sendable {
    /// Operations that the association requestor may invoke.
    package var invoked: UInt16
    /// Operations that the association requestor may be asked to perform.
    package var performed: UInt16

    package init(invoked: UInt16, performed: UInt16) {
        self.invoked = invoked
        self.performed = performed
    }
}

/// SCP/SCU role selection of one SOP class (PS3.7 Table D.3-9). The roles are the association requestor's.
package struct RoleSelection: Hashable, Sendable {
    /// The class the roles are for.
    package var sopClassUID: UID
    /// The requestor is SCU.
    package var scu: Bool
    /// The requestor is SCP.
    package var scp: Bool

    package init(sopClassUID: UID, scu: Bool, scp: Bool) {
        self.sopClassUID = sopClassUID
        self.scu = scu
        self.scp = scp
    }
}

/// SOP class extended negotiation (PS3.7 Table D.3-11).
package struct ExtendedNegotiation: Hashable, Sendable {
    /// The class the information is about.
    package var sopClassUID: UID
    /// Defined by the service class (PS3.4).
    package var serviceClassApplicationInformation: [UInt8]

    package init(sopClassUID: UID, serviceClassApplicationInformation: [UInt8]) {
        self.sopClassUID = sopClassUID
        self.serviceClassApplicationInformation = serviceClassApplicationInformation
    }
}

/// SOP class common extended negotiation (PS3.7 Table D.3-12).
package struct CommonExtendedNegotiation: Hashable, Sendable {
    /// Of the sub-item; 0 is the only one defined, later ones only add fields.
    package var version: UInt8
    /// The class that was proposed.
    package var sopClassUID: UID
    /// The service it belongs to, as 1.2.840.10008.4.2 for storage.
    package var serviceClassUID: UID
    /// More general SOP classes that may be used instead.
    package var relatedGeneralSOPClassUIDs: [UID]

    package init(version: UInt8 = 0, sopClassUID: UID, serviceClassUID: UID, relatedGeneralSOPClassUIDs: [UID]) {
        self.version = version
        self.sopClassUID = sopClassUID
        self.serviceClassUID = serviceClassUID
        self.relatedGeneralSOPClassUIDs = relatedGeneralSOPClassUIDs
    }
}

/// The requestor's user identity (PS3.7 Table D.3-14).
package struct UserIdentityRQ: Hashable, Sendable {
    /// 1 user name, 2 user name and passcode, 3 Kerberos ticket, 4 SAML assertion, 5 JSON web token.
    package var type: UInt8
    /// The requestor wants a ``UserIdentityAC``.
    package var positiveResponseRequested: Bool
    /// User name, ticket, assertion or token.
    package var primaryField: [UInt8]
    /// The passcode of type 2, else empty.
    package var secondaryField: [UInt8]

    package init(type: UInt8, positiveResponseRequested: Bool, primaryField: [UInt8], secondaryField: [UInt8] = []) {
        self.type = type
        self.positiveResponseRequested = positiveResponseRequested
        self.primaryField = primaryField
        self.secondaryField = secondaryField
    }
}

extension UserIdentityRQ: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Its type, and nothing of its values, which are in no log and no trace of anything that contains it.
    package var description: String { "user identity of type \(type)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The acceptor's answer to a user identity (PS3.7 Table D.3-15).
package struct UserIdentityAC: Hashable, Sendable {
    /// Empty for user names; a server's ticket or assertion otherwise.
    package var serverResponse: [UInt8]

    package init(serverResponse: [UInt8] = []) { self.serverResponse = serverResponse }
}

/// A user-information item of a type we do not know.
package struct UnknownItem: Hashable, Sendable {
    /// The item type.
    package var type: UInt8
    /// Its content.
    package var bytes: [UInt8]

    package init(type: UInt8, bytes: [UInt8]) {
        self.type = type
        self.bytes = bytes
    }
}
