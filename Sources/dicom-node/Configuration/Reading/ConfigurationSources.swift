import Configuration
import Synchronization

/// Where settings come from: the command line counts before the environment, that before the file, and what none of
/// them has is as in ``NodeConfiguration``.
struct ConfigurationSources: Sendable {
    /// Texts of the command line for keys by their names; they have been read once, by ``SettingOptions``.
    var commandLine: [String: [String]] = [:]
    /// All variables of the process.
    var environment: [String: String] = [:]
    /// The configuration file of the command line; nil: the environment's, or none.
    var file: PathValue?

    /// A fault of a value that must not be shown.
    static let hiddenFault = "its value (hidden) is not taken"
    private static let scope: ConfigKey = ["dicom", "node"]

    /// Reads all sources anew.
    ///
    /// *Errors*: `ConfigurationFaults` with everything that is wrong.
    func read() throws(ConfigurationFaults) -> EffectiveConfiguration {
        let variables = EnvironmentVariables(environment)
        let path = file ?? variables.values[EnvironmentVariables.file].flatMap { PathValue(argument: $0) }
        let contents = path.map { ConfigurationFile(at: $0) }
        return try read(variables, contents)
    }

    /// The same, with a file that has been read.
    func read(_ variables: EnvironmentVariables, _ file: ConfigurationFile?) throws(ConfigurationFaults)
        -> EffectiveConfiguration
    {
        let faults = (file?.faults ?? []) + variables.faults
        let winner = Winner()
        let reader = ConfigReader(providers: providers(variables, file), accessReporter: winner)
            .scoped(to: Self.scope)
        var effective = EffectiveConfiguration()
        for key in ConfigurationKey.all {
            guard let raw = Self.raw(key, reader), let provider = winner.provider else { continue }
            // What is not read here is among the faults.
            guard let assign = try? key.read(raw) else { continue }
            assign(&effective.values)
            effective.origins[key.name] =
                switch provider {
                case 0: .commandLine(key.option)
                case 1: .environment(key.environmentName)
                default: file?.origin(of: key) ?? .default
                }
        }
        do throws(ConfigurationFaults) {
            let loaded = try effective.loaded()
            guard faults.isEmpty else { throw ConfigurationFaults(all: faults) }
            return loaded
        } catch {
            // A value that was not taken has its default here: what follows from it would mislead.
            throw faults.isEmpty ? error : ConfigurationFaults(all: faults)
        }
    }

    /// Command line, environment, file: the first that has a value counts.
    private func providers(_ variables: EnvironmentVariables, _ file: ConfigurationFile?) -> [any ConfigProvider] {
        let options = ConfigurationKey.all.compactMap { key -> (String, ConfigContent)? in
            guard let texts = commandLine[key.name] else { return nil }
            return (key.name, key.shape == .list ? .stringArray(texts) : .string(texts.last ?? ""))
        }
        return [
            Self.provider(Dictionary(uniqueKeysWithValues: options)),
            EnvironmentVariablesProvider(environmentVariables: variables.values),
            Self.provider(file?.contents ?? [:]),
        ]
    }

    private static func provider(_ contents: [String: ConfigContent]) -> InMemoryProvider {
        let values = contents.map { key, content in
            (AbsoluteConfigKey(scope).appending(path(key)), ConfigValue(content, isSecret: false))
        }
        return InMemoryProvider(values: Dictionary(uniqueKeysWithValues: values))
    }

    private static func raw(_ key: ConfigurationKey, _ reader: ConfigReader) -> RawValue? {
        switch key.shape {
        case .list: reader.stringArray(forKey: path(key.name)).map(RawValue.list)
        case .scalar, .structure: reader.string(forKey: path(key.name)).map(RawValue.text)
        }
    }

    private static func path(_ name: String) -> ConfigKey {
        ConfigKey(name.split(separator: ".").map(String.init))
    }

    /// Notes which of the providers had the last value that was asked for: how many came before it.
    private final class Winner: AccessReporter {
        private let place = Mutex<Int?>(nil)

        var provider: Int? { place.withLock { $0 } }

        func report(_ event: AccessEvent) {
            let index = event.providerResults.firstIndex { (try? $0.result.get().value) != nil }
            place.withLock { $0 = index }
        }
    }
}

extension ConfigurationKey {
    /// What is wrong with a value of a source without lines.
    func faults(of raw: RawValue, origin: Origin) -> [ConfigurationFault] {
        do throws(InvalidConfigurationValue) {
            _ = try read(raw)
            return []
        } catch {
            return error.faults.map { fault in
                ConfigurationFault(
                    origin: origin,
                    key: fault.path.isEmpty ? name : "\(name).\(fault.path)",
                    problem: isSecret ? ConfigurationSources.hiddenFault : fault.problem
                )
            }
        }
    }
}
