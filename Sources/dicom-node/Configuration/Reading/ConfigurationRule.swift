import ApplicationEntities

/// What values of several keys must be together.
struct ConfigurationRule: Sendable {
    /// The keys, that which is probably wrong before the others.
    let keys: [String]
    /// What is wrong, and what is to be done; nil: nothing.
    let problem: @Sendable (NodeConfiguration) -> String?

    static let all: [ConfigurationRule] = [
        ConfigurationRule(keys: ["limits.associations_per_host", "limits.associations"]) { values in
            let (host, all) = (values.limits.associationsPerHost, values.limits.associations)
            return host > all
                ? "found \(host), which is more than limits.associations (\(all)); give at most that, or 0 for no limit"
                : nil
        }
    ]
}
