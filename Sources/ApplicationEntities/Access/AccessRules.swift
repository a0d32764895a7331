package import Associations
package import ServiceClasses

/// Who may associate, and for what. A value: the same request from the same peer has the same verdict.
package struct AccessRules: Sendable {
    /// Titles the node answers to, compared without padding; empty: any.
    package var calledAETitles: Set<String>
    /// Titles that are taken, compared without padding; empty: any.
    package var callingAETitles: Set<String>
    /// What is stored.
    package var storage: StorageSCP.Acceptance

    /// Without rules: everything is accepted.
    package init(
        calledAETitles: Set<String> = [],
        callingAETitles: Set<String> = [],
        storage: StorageSCP.Acceptance = StorageSCP.Acceptance()
    ) {
        self.calledAETitles = calledAETitles
        self.callingAETitles = callingAETitles
        self.storage = storage
    }

    /// Decides on a request.
    package func verdict(on request: AssociateRQ) -> Verdict {
        if !calledAETitles.isEmpty, !calledAETitles.contains(request.calledAETitle.text) {
            return .reject(
                .calledAETitleNotRecognized,
                because: "the called AE title is not in accept.called_ae_titles"
            )
        }
        if !callingAETitles.isEmpty, !callingAETitles.contains(request.callingAETitle.text) {
            return .reject(
                .callingAETitleNotRecognized,
                because: "the calling AE title is not in accept.calling_ae_titles"
            )
        }
        return .accept
    }
}

/// What ``AccessRules`` decide on a request.
package enum Verdict: Equatable, Sendable {
    case accept
    /// To be sent by AE-8; which rule it was, for the log.
    case reject(AssociateRJ, because: String)
}
