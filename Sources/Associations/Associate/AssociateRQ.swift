/// A-ASSOCIATE-RQ: a request for an association (PS3.8 Table 9-11).
package struct AssociateRQ: Equatable, Sendable {
    /// One bit for each version of the protocol; version 1 is bit 0, the only one that is tested.
    package var protocolVersion: UInt16
    /// The AE title that the requestor asks for.
    package var calledAETitle: AETitle
    /// The requestor's own AE title.
    package var callingAETitle: AETitle
    /// The application context; an empty UID if the item was missing.
    package var applicationContextName: UID
    /// The contexts in the order proposed, duplicates included.
    package var presentationContexts: [ProposedPresentationContext]
    /// The user information; all empty if the item was missing.
    package var userInformation: UserInformation

    package init(
        protocolVersion: UInt16 = 1,
        calledAETitle: AETitle,
        callingAETitle: AETitle,
        applicationContextName: UID = .dicomApplicationContext,
        presentationContexts: [ProposedPresentationContext],
        userInformation: UserInformation
    ) {
        self.protocolVersion = protocolVersion
        self.calledAETitle = calledAETitle
        self.callingAETitle = callingAETitle
        self.applicationContextName = applicationContextName
        self.presentationContexts = presentationContexts
        self.userInformation = userInformation
    }
}

/// One proposed presentation context (PS3.8 Table 9-13).
package struct ProposedPresentationContext: Equatable, Sendable {
    /// Odd by the standard; any value is taken.
    package var id: UInt8
    /// The SOP class; an empty UID if the sub-item was missing.
    package var abstractSyntax: UID
    /// The transfer syntaxes in the order proposed, duplicates included.
    package var transferSyntaxes: [UID]

    package init(id: UInt8, abstractSyntax: UID, transferSyntaxes: [UID]) {
        self.id = id
        self.abstractSyntax = abstractSyntax
        self.transferSyntaxes = transferSyntaxes
    }
}

extension UID {
    /// The DICOM application context (PS3.7 Annex A).
    package static let dicomApplicationContext: UID = "1.2.840.10008.3.1.1.1"
}
