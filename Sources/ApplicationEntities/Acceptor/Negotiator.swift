import Associations
import ServiceClasses

/// What every association of an entity needs to answer its request. A class, because each holds it for as long as it
/// lasts.
final class Negotiator: Sendable {
    private let implementationClassUID: UID
    private let implementationVersionName: String
    private let makeServices: @Sendable (Settings.Snapshot) -> Services
    let passcodes: PasscodeChecks

    /// - Parameter services: What is done with requests of an association that sees these settings.
    init(
        implementationClassUID: UID,
        implementationVersionName: String,
        services: @escaping @Sendable (Settings.Snapshot) -> Services,
        passcodes: PasscodeChecks
    ) {
        self.implementationClassUID = implementationClassUID
        self.implementationVersionName = implementationVersionName
        makeServices = services
        self.passcodes = passcodes
    }

    /// All services that there are, for an association with these settings and, by its terms, these limits.
    func services(_ settings: Settings.Shared, _ limits: Limits, _ terms: Verdict.Terms) -> Services {
        guard terms.peer != nil else { return makeServices(settings.snapshot) }
        var own = settings.snapshot
        own.limits = limits
        return makeServices(own)
    }

    /// How an association is negotiated.
    ///
    /// - Parameters:
    ///   - services: All that there are.
    ///   - permitted: Those that the peer may use; what is another's is refused by the user (result 1).
    func policy(_ services: Services, _ permitted: Services, _ limits: Limits, _ terms: Verdict.Terms)
        -> NegotiationPolicy
    {
        NegotiationPolicy(
            maximumLengthReceived: UInt32(clamping: limits.pduLength),
            implementationClassUID: implementationClassUID,
            implementationVersionName: implementationVersionName,
            operations: UInt16(clamping: limits.operations),
            terms: { abstractSyntax in
                if let terms = permitted.terms(for: abstractSyntax) { return terms }
                return services.terms(for: abstractSyntax) == nil ? nil : .withoutRole
            },
            answersUserIdentity: terms.answersUserIdentity
        )
    }
}
