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
    /// What an abstract syntax is served by; `nil` refuses it (result 3).
    /// ``SOPClasses/service(of:unknownSOPClasses:storageCommitment:)`` knows.
    package var supports: @Sendable (UID) -> SupportedService?
    /// Titles we answer to, compared without padding; empty is any.
    package var calledAETitles: Set<String>
    /// Titles we take requests from, compared without padding; empty is any.
    package var callingAETitles: Set<String>
    /// Contexts of different id that are answered; the ones after are left out.
    package var contextsMax: Int

    package init(
        maximumLengthReceived: UInt32,
        implementationClassUID: UID,
        implementationVersionName: String,
        operations: UInt16,
        applicationContextName: UID = .dicomApplicationContext,
        supports: @escaping @Sendable (UID) -> SupportedService?,
        calledAETitles: Set<String> = [],
        callingAETitles: Set<String> = [],
        contextsMax: Int = 128
    ) {
        self.maximumLengthReceived = maximumLengthReceived
        self.implementationClassUID = implementationClassUID
        self.implementationVersionName = implementationVersionName
        self.operations = operations
        self.applicationContextName = applicationContextName
        self.supports = supports
        self.calledAETitles = calledAETitles
        self.callingAETitles = callingAETitles
        self.contextsMax = contextsMax
    }
}

/// The services an abstract syntax can be accepted for.
package enum SupportedService: Sendable { case verification, storage, storageCommitment }
