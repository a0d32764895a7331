/// What both sides agreed on when the association was established.
package struct Negotiated: Equatable, Sendable {
    /// The accepted contexts by their id.
    package var contexts: [UInt8: AcceptedContext]
    /// The longest P-DATA-TF variable field the peer takes, in bytes; `nil` is unlimited. As the peer said it: it can be as small as 1.
    package var peerMaximumLength: Int?
    /// Operations that the requestor may have outstanding; `Int.max` is unlimited, 1 if not negotiated.
    package var operationsInvoked: Int
    /// An asynchronous operations window was answered.
    package var windowNegotiated: Bool
    package var callingAETitle: AETitle
    package var calledAETitle: AETitle
    /// The peer's; for the log.
    package var peerImplementationClassUID: UID?
    /// The peer's; for the log.
    package var peerImplementationVersionName: String?
}

/// A presentation context that may be used.
package struct AcceptedContext: Hashable, Sendable {
    package var id: UInt8
    package var abstractSyntax: UID
    package var transferSyntax: UID

    package init(id: UInt8, abstractSyntax: UID, transferSyntax: UID) {
        self.id = id
        self.abstractSyntax = abstractSyntax
        self.transferSyntax = transferSyntax
    }
}

extension Negotiated {
    /// The requestor's view: what an A-ASSOCIATE-AC to our request gives.
    package init(request: AssociateRQ, answer: AssociateAC) {
        self.init(
            contexts: [:],
            peerMaximumLength: nil,
            operationsInvoked: 1,
            windowNegotiated: false,
            callingAETitle: request.callingAETitle,
            calledAETitle: request.calledAETitle
        )
    }
}
