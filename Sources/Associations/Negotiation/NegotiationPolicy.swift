/// How an acceptor answers an A-ASSOCIATE-RQ.
package struct NegotiationPolicy: Sendable {
    /// The longest P-DATA-TF variable field we offer to take, in bytes; 0 is unlimited.
    package var maximumLengthReceived: UInt32
    /// Ours.
    package var implementationClassUID: UID
    /// Ours.
    package var implementationVersionName: String
    /// The most operations that a requestor which asks for a window may have outstanding; 0 is unlimited.
    package var operations: UInt16
    /// The only application context we take.
    package var applicationContextName: UID
    /// How an abstract syntax is accepted; `nil` refuses it (result 3).
    package var terms: @Sendable (UID) -> ContextTerms?
    /// Contexts of different id that are answered; the ones after are left out.
    package var contextsMax: Int
    /// A user identity for which a positive response is requested gets it (PS3.7 §D.3.3.7).
    package var answersUserIdentity: Bool

    package init(
        maximumLengthReceived: UInt32,
        implementationClassUID: UID,
        implementationVersionName: String,
        operations: UInt16,
        applicationContextName: UID = .dicomApplicationContext,
        terms: @escaping @Sendable (UID) -> ContextTerms?,
        contextsMax: Int = 128,
        answersUserIdentity: Bool = true
    ) {
        self.maximumLengthReceived = maximumLengthReceived
        self.implementationClassUID = implementationClassUID
        self.implementationVersionName = implementationVersionName
        self.operations = operations
        self.applicationContextName = applicationContextName
        self.terms = terms
        self.contextsMax = contextsMax
        self.answersUserIdentity = answersUserIdentity
    }
}
