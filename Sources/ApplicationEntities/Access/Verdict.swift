package import Associations
package import ServiceClasses

/// What is known of a peer before it says who it is.
package struct PeerFacts: Sendable {
    /// Where it comes from; nil: not from a network.
    package var address: IPAddress?
    /// The certificate that it has shown; nil: none, or the connection is a plain one.
    package var certificate: PeerCertificate?

    package init(address: IPAddress?, certificate: PeerCertificate? = nil) {
        self.address = address
        self.certificate = certificate
    }
}

/// What ``AccessRules`` decide on a request.
package enum Verdict: Equatable, Sendable {
    case accept(Terms)
    /// To be sent by AE-8; and by which rule, for the log.
    case reject(AssociateRJ, because: String)

    /// On which terms an association is accepted.
    package struct Terms: Equatable, Sendable {
        /// Contexts of other services are refused (result 1).
        package var may = Permission.all
        /// The entry under `peers` that the calling AE title has.
        package var peer: PeerRule?
        /// The association is accepted only if the passcode of the request is this one.
        package var passcode: PasscodeQuestion?
        /// The user that the peer says it is, if that is checked.
        package var user: String?
        /// A user identity for which a positive response is requested gets it (PS3.7 §D.3.3.7).
        package var answersUserIdentity = true

        package init() {}

        /// The limits of the association, where those of others are these.
        func limits(_ others: Limits) -> Limits { peer?.limits(others) ?? others }
    }
}

/// What is left to be found out, because it takes long: whether a passcode is the user's.
package struct PasscodeQuestion: Equatable, Sendable {
    /// As the peer has said it.
    var passcode: [UInt8]
    /// The user's; nil: there is no such user, or none with a passcode.
    var hash: PasscodeHash?
    /// What is computed if there is no ``hash``, so that the answer takes as long.
    var substitute: PasscodeHash
}

extension PasscodeQuestion: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without the passcode.
    package var description: String { "a passcode" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
