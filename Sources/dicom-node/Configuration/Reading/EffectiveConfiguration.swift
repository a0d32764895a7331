/// The settings that count, and where each comes from.
struct EffectiveConfiguration: Sendable {
    var values = NodeConfiguration()
    /// By the names of keys; one that is missing has its default.
    var origins: [String: Origin] = [:]

    func origin(of key: ConfigurationKey) -> Origin { origins[key.name] ?? .default }

    /// What is wrong with the values together, though each is taken by itself.
    var faults: [ConfigurationFault] {
        ConfigurationRule.all.compactMap { rule in
            guard let problem = rule.problem(values) else { return nil }
            // Where it was said last, for there it can be mended.
            let key = rule.keys.first { origins[$0] != nil } ?? rule.keys[0]
            return ConfigurationFault(origin: origins[key] ?? .default, key: key, problem: problem)
        }
    }
}
