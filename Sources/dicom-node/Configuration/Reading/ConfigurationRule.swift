import ApplicationEntities

/// What values of several keys must be together.
struct ConfigurationRule: Sendable {
    /// The keys, that which is probably wrong before the others.
    let keys: [String]
    /// What is wrong, and what is to be done; nil: nothing.
    let problem: @Sendable (NodeConfiguration) -> String?

    /// Hosts that stand for every interface.
    private static let wildcards = ["0.0.0.0", "::"]

    static let all: [ConfigurationRule] = [
        ConfigurationRule(keys: ["limits.associations_per_host", "limits.associations"]) { values in
            let (host, all) = (values.limits.associationsPerHost, values.limits.associations)
            return host > all
                ? "found \(host), which is more than limits.associations (\(all)); give at most that, or 0 for no limit"
                : nil
        },
        ConfigurationRule(keys: ["limits.associations_per_ae_title", "limits.associations"]) { values in
            let (title, all) = (values.limits.associationsPerAETitle, values.limits.associations)
            return title > all
                ? "found \(title), which is more than limits.associations (\(all)); give at most that, or 0 for no limit"
                : nil
        },
        ConfigurationRule(keys: ["accept.user_file", "accept.user_identity"]) { values in
            switch (values.accept.userFile, values.accept.userIdentity) {
            case (.some, .any): "is set, and accept.user_identity is any: no user is checked; give optional or required"
            case (nil, .optional), (nil, .required):
                "is not set, and accept.user_identity is \(values.accept.userIdentity.rawValue): name the file of users"
            default: nil
            }
        },
        ConfigurationRule(keys: ["peers", "tls.enabled"]) { values in
            let titles = values.peers.rules.filter { $0.value.tlsSubject != nil }.keys.sorted()
            guard let first = titles.first, !values.tls.isEnabled || values.tls.authorities == nil else { return nil }
            return "\(first).tls_subject is set, and nobody can show a certificate: "
                + "give tls.enabled, and the authorities in tls.ca"
        },
        ConfigurationRule(keys: ["listen.enabled", "tls.enabled"]) { values in
            values.listen.isEnabled || values.tls.isEnabled
                ? nil : "found false, and tls.enabled is false too: nothing would listen; give true for one of them"
        },
        ConfigurationRule(keys: ["tls.port", "listen.port"]) { values in
            let listeners = values.listeners
            guard let first = listeners.first, let last = listeners.last, first != last, first.port == last.port,
                first.port != 0,
                first.host == last.host || wildcards.contains(first.host) || wildcards.contains(last.host)
            else { return nil }
            return "found \(last.port), which is listen.port too; give each a port of its own"
        },
        ConfigurationRule(keys: ["archive.retention.keep", "archive.retention.below", "index.enabled"]) { values in
            values.archive.retention.isOff || values.index.enabled
                ? nil
                : "the index says which studies are old: set index.enabled to true, or leave archive.retention out"
        },
    ]
}
