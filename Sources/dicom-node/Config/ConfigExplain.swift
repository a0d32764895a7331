import ApplicationEntities
import ArgumentParser
import Associations
import ServiceClasses

/// `dicom-node config explain`: what the access rules say of an association.
struct ConfigExplain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what would be decided on an association, and by which rule.",
        discussion: """
            Nothing is sent and nobody is asked. How many associations there are, and what a request proposes, do not count here.
            Exit codes: 0 it would be accepted, 1 it would be rejected, 64 wrong usage, 78 the configuration is wrong.

            dicom-node config explain --config dicom-node.yaml --calling CT1 --host 192.0.2.7
            """
    )

    /// The keys that decide. `--host` is the peer's here.
    enum DecidingKeys: KeySelection {
        static let keys = ConfigurationKey.all.filter { key in
            ["accept.", "peers", "tls.", "listen.enabled"].contains { key.name.hasPrefix($0) }
        }
    }

    @Option(help: ArgumentHelp("The peer's AE title.", valueName: "title"), transform: { try Setting.title($0) })
    var calling: String

    @Option(
        help: .setting("The AE title that the peer calls.", default: "the node's own", valueName: "title"),
        transform: { try Setting.title($0) }
    )
    var called: String?

    @Option(
        help: ArgumentHelp("The address that the peer comes from, such as 192.0.2.7.", valueName: "address"),
        transform: { text in
            guard let address = IPAddress(text) else { throw InvalidValue("give an IPv4 or IPv6 address.") }
            return address
        }
    )
    var host: IPAddress

    @Flag(help: "The peer comes over TLS.")
    var tls = false

    @Option(
        help: ArgumentHelp(
            "Of whom the peer's certificate is: a common name, a whole subject as CN=CT1,O=Hospital, or DNS:name. It comes over TLS, then.",
            valueName: "subject"
        )
    )
    var tlsSubject: String?

    @Option(help: ArgumentHelp("The user that the peer says it is, with a passcode.", valueName: "name"))
    var user: String?

    @OptionGroup var options: ConfigurationOptions<DecidingKeys>

    func run() throws {
        let effective = try options.effective()
        let (isAccepted, sentence) = explain(effective)
        StandardStream.output.writeLine(StandardErrorLogHandler.escaped(sentence))
        if !isAccepted { throw ExitCode.failure }
    }

    /// What would be decided, in a sentence.
    func explain(_ effective: EffectiveConfiguration) -> (isAccepted: Bool, sentence: String) {
        let peer = "\(calling) from \(host)"
        if let reason = connectionRefusal(effective.values) {
            return (false, "\(peer) would not get through: \(reason)")
        }
        let facts = PeerFacts(address: host, certificate: tlsSubject.map(PeerCertificate.init(named:)))
        switch effective.access.verdict(on: request(effective.values), from: facts) {
        case .reject(let rejection, let rule):
            return (false, "\(peer) would be rejected: \(rejection), because \(rule)")
        case .accept(let terms):
            let may = Permission.allCases.filter(terms.may.contains).map(\.rawValue).joined(separator: ", ")
            let condition = terms.passcode == nil ? "" : ", if the passcode of \(user ?? "") is right"
            return (true, "\(peer) would be accepted\(condition): \(rule(terms, effective.values)); it may \(may)")
        }
    }

    /// Why a connection does not get as far as a request; nil: it does.
    private func connectionRefusal(_ values: NodeConfiguration) -> String? {
        switch (tls || tlsSubject != nil, values.listen.isEnabled, values.tls.isEnabled) {
        case (true, _, false): "there is no TLS, because tls.enabled is false"
        case (false, false, _): "there is only TLS, because listen.enabled is false"
        case (true, _, true) where tlsSubject == nil && values.tls.requiresClientCertificate:
            "it has no certificate, and tls.require_client_certificate is true"
        default: nil
        }
    }

    private func request(_ values: NodeConfiguration) -> AssociateRQ {
        AssociateRQ(
            calledAETitle: AETitle(called ?? values.aeTitle) ?? AETitle(asSent: []),
            callingAETitle: AETitle(calling) ?? AETitle(asSent: []),
            presentationContexts: [],
            userInformation: UserInformation(
                maximumLengthReceived: 0,
                implementationClassUID: Implementation.classUID,
                userIdentity: user.map {
                    UserIdentityRQ(
                        type: 2,
                        positiveResponseRequested: false,
                        primaryField: Array($0.utf8),
                        secondaryField: []
                    )
                }
            )
        )
    }

    private func rule(_ terms: Verdict.Terms, _ values: NodeConfiguration) -> String {
        if terms.peer != nil { return "peers.\(calling) is its entry" }
        if !values.accept.callingAETitles.isEmpty { return "accept.calling_ae_titles lists it" }
        return "no rule is against it"
    }
}

extension PeerCertificate {
    /// A certificate of whom a rule may name: see `peers`.
    fileprivate init(named name: String) {
        if name.contains("=") {
            let commonName = name.split(separator: ",").first { $0.hasPrefix("CN=") }.map { String($0.dropFirst(3)) }
            self.init(subject: name, commonName: commonName)
        } else if name.contains(":") {
            self.init(subject: "", alternativeNames: [name])
        } else {
            self.init(subject: "CN=\(name)", commonName: name)
        }
    }
}
