/// One thing that is wrong with the configuration: where, with which key, and what.
struct ConfigurationFault: Error, Equatable, Sendable, CustomStringConvertible {
    let origin: Origin
    /// The key, or what was taken for one; empty: the source itself.
    let key: String
    /// What was found, and what is to be done.
    let problem: String

    var description: String {
        key.isEmpty ? "\(origin): \(problem)" : "\(origin): \(key): \(problem)"
    }
}

/// Everything that is wrong with the configuration.
struct ConfigurationFaults: Error, CustomStringConvertible {
    let all: [ConfigurationFault]

    /// One line for each.
    var description: String { all.map(\.description).joined(separator: "\n") }
}
