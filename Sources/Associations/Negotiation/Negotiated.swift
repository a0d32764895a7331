/// What both sides agreed on when the association was established.
package struct Negotiated: Equatable, Sendable {
    /// The accepted contexts by their id.
    package var contexts: [UInt8: AcceptedContext]
    /// The refused contexts by their id: at the requestor only, for messages.
    package var refusals: [UInt8: PresentationContextResult]
    /// The longest P-DATA-TF variable field the peer takes, in bytes; `nil` is unlimited. As the peer said it: it can
    /// be too small to be of use.
    package var peerMaximumLength: Int?
    /// Operations that the requestor may have outstanding; `Int.max` is unlimited, 1 if not negotiated.
    package var operationsInvoked: Int
    /// An asynchronous operations window was answered.
    package var windowNegotiated: Bool
    /// The requestor.
    package var callingAETitle: AETitle
    /// The acceptor.
    package var calledAETitle: AETitle
    /// The peer's, for the log.
    package var peerImplementationClassUID: UID?
    /// The peer's, for the log.
    package var peerImplementationVersionName: String?

    package init(
        contexts: [UInt8: AcceptedContext],
        refusals: [UInt8: PresentationContextResult] = [:],
        peerMaximumLength: Int?,
        operationsInvoked: Int,
        windowNegotiated: Bool,
        callingAETitle: AETitle,
        calledAETitle: AETitle,
        peerImplementationClassUID: UID? = nil,
        peerImplementationVersionName: String? = nil
    ) {
        self.contexts = contexts
        self.refusals = refusals
        self.peerMaximumLength = peerMaximumLength
        self.operationsInvoked = operationsInvoked
        self.windowNegotiated = windowNegotiated
        self.callingAETitle = callingAETitle
        self.calledAETitle = calledAETitle
        self.peerImplementationClassUID = peerImplementationClassUID
        self.peerImplementationVersionName = peerImplementationVersionName
    }
}

/// A presentation context that may be used.
package struct AcceptedContext: Hashable, Sendable {
    /// The id of its fragments.
    package var id: UInt8
    /// The SOP class proposed.
    package var abstractSyntax: UID
    /// The transfer syntax chosen.
    package var transferSyntax: UID

    package init(id: UInt8, abstractSyntax: UID, transferSyntax: UID) {
        self.id = id
        self.abstractSyntax = abstractSyntax
        self.transferSyntax = transferSyntax
    }
}

extension Negotiated {
    /// The view of either side: what a request and its acceptance give.
    ///
    /// A context counts only if it was proposed, accepted, and given one of the transfer syntaxes proposed for it.
    /// - Parameter peer: The peer's user information: the request's at the acceptor, the acceptance's at the requestor.
    init(request: AssociateRQ, answer: AssociateAC, peer: UserInformation) {
        let proposals = Dictionary(
            request.presentationContexts.map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var contexts: [UInt8: AcceptedContext] = [:]
        for context in answer.presentationContexts where context.result == .acceptance {
            guard let proposal = proposals[context.id], proposal.transferSyntaxes.contains(context.transferSyntax),
                contexts[context.id] == nil
            else { continue }
            contexts[context.id] = AcceptedContext(
                id: context.id,
                abstractSyntax: proposal.abstractSyntax,
                transferSyntax: context.transferSyntax
            )
        }
        // A window that was not proposed is not negotiated (PS3.7 §D.3.3.3).
        let proposed = request.userInformation.asynchronousOperationsWindow
        let window = proposed == nil ? nil : answer.userInformation.asynchronousOperationsWindow
        self.init(
            contexts: contexts,
            peerMaximumLength: peer.peerMaximumLength,
            operationsInvoked: window.map { $0.invoked == 0 ? .max : Int($0.invoked) } ?? 1,
            windowNegotiated: window != nil,
            callingAETitle: request.callingAETitle,
            calledAETitle: request.calledAETitle,
            peerImplementationClassUID: peer.implementationClassUID,
            peerImplementationVersionName: peer.implementationVersionName
        )
    }

    /// The requestor's view: what an A-ASSOCIATE-AC to our request gives.
    package init(request: AssociateRQ, answer: AssociateAC) {
        self.init(request: request, answer: answer, peer: answer.userInformation)
        for context in answer.presentationContexts where context.result != .acceptance {
            refusals[context.id] = context.result
        }
    }
}

extension UserInformation {
    /// Missing and 0 are unlimited (PS3.8 §D.1).
    fileprivate var peerMaximumLength: Int? {
        maximumLengthReceived.flatMap { $0 == 0 ? nil : Int($0) }
    }
}
