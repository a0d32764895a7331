import Associations

/// Who may use the node (PS3.7 §D.3.3.7).
package struct UserRules: Sendable {
    /// The users that there are.
    package var users: UserFile
    /// A request without a user identity, or with one of a type that cannot be checked, is rejected.
    package var areRequired: Bool

    package init(users: UserFile, areRequired: Bool = true) {
        self.users = users
        self.areRequired = areRequired
    }

    /// Decides on a user identity. What is wrong with it never gets out of the node, except that it is wrong; what a
    /// peer has put into its fields is never logged, because people mistake one field for the other.
    func verdict(on identity: UserIdentityRQ?, _ terms: Verdict.Terms) -> Verdict {
        var terms = terms
        guard let identity else { return unidentified(terms, "the request has no user identity") }
        switch identity.type {
        case 1:
            guard let name = users.name(identity.primaryField), users.takesNameAlone(name) else {
                return Self.reject("the user is not one that comes without a passcode")
            }
            terms.user = name
            return .accept(terms)
        case 2:
            let name = users.name(identity.primaryField)
            terms.user = name
            terms.passcode = PasscodeQuestion(
                passcode: Array(identity.secondaryField.prefix { $0 != 0 }),
                hash: name.flatMap(users.hash),
                substitute: users.substitute
            )
            return .accept(terms)
        default:
            return unidentified(terms, "a user identity of type \(identity.type) cannot be checked")
        }
    }

    /// An acceptor that cannot check an identity accepts without a positive response (PS3.7 §D.3.3.7), unless its
    /// operator asks for more.
    private func unidentified(_ terms: Verdict.Terms, _ reason: String) -> Verdict {
        if areRequired { return Self.reject("\(reason), and accept.user_identity asks for a user") }
        var terms = terms
        terms.answersUserIdentity = false
        return .accept(terms)
    }

    /// PS3.7 §D.3.3.7: permanent, by the service-provider (ACSE related function).
    static func reject(_ rule: String) -> Verdict { .reject(.noReasonGivenByProvider, because: rule) }
}
