import ApplicationEntities
import Logging
import NIOPosix
import Synchronization

/// The configuration of a node that runs: what a reload reads anew, and what it takes of it.
final class RunningConfiguration: Sendable {
    /// What associations see.
    let settings: Settings
    /// What is logged.
    let logLevel: LogLevel
    private let sources: ConfigurationSources
    /// Descriptors that may be open in the process.
    private let descriptors: Int
    private let effective: Mutex<EffectiveConfiguration>

    /// - Parameters:
    ///   - effective: What `sources` said at the start.
    ///   - logLevel: What `effective` says of it.
    init(
        _ effective: EffectiveConfiguration,
        from sources: ConfigurationSources,
        logLevel: LogLevel,
        descriptors: Int
    ) {
        settings = Settings(effective.settings(descriptors: descriptors))
        self.logLevel = logLevel
        self.sources = sources
        self.descriptors = descriptors
        self.effective = Mutex(effective)
    }

    /// ``reloadBlocking(_:)`` on a thread of its own, so that a file that is slow to read delays no association.
    func reload(_ logger: Logger) async {
        try? await NIOThreadPool.singleton.runIfActive { self.reloadBlocking(logger) }
    }

    /// Reads every source anew; blocks while it does. What is wrong is logged, and refused as a whole: the settings
    /// stay as they were. Otherwise the next associations see the new ones; those that exist keep theirs.
    func reloadBlocking(_ logger: Logger) {
        do throws(ConfigurationFaults) {
            let new = try sources.read()
            let old = effective.withLock { $0 }
            let (taken, waiting) = try old.reloaded(with: new)
            let changed = ConfigurationKey.all.filter { $0.differs(old.values, taken.values) }
            effective.withLock { $0 = taken }
            logLevel.current = taken.values.logging.level
            settings.current = taken.settings(descriptors: descriptors)
            let names = changed.map(\.name).joined(separator: ", ")
            logger.notice("configuration reloaded", metadata: ["changed": "\(names.isEmpty ? "nothing" : names)"])
            for key in waiting {
                logger.warning(
                    "a new value waits for a restart",
                    metadata: [
                        "key": "\(key.name)", "value": "\(key.shown(old.values))", "new": "\(key.shown(new.values))",
                        "from": "\(new.origin(of: key))",
                    ]
                )
            }
            for remark in taken.remarks { logger.warning("\(remark)") }
        } catch {
            for fault in error.all {
                logger.error("configuration fault", metadata: ["fault": "\(fault)"])
            }
            logger.error(
                "configuration not reloaded: the settings stay as they were",
                metadata: ["faults": "\(error.all.count)"]
            )
        }
    }
}

extension EffectiveConfiguration {
    /// What counts after a reload: the new values, and for keys that need a restart the old ones.
    ///
    /// - Returns: also the keys whose new value waits for a restart.
    ///
    /// *Errors*: what is wrong with the mixture, or with the files that it names.
    fileprivate func reloaded(
        with new: EffectiveConfiguration
    ) throws(ConfigurationFaults) -> (EffectiveConfiguration, waiting: [ConfigurationKey]) {
        var mixture = new
        var waiting: [ConfigurationKey] = []
        for key in ConfigurationKey.all where key.change == .restart {
            if key.differs(values, new.values) { waiting.append(key) }
            key.copy(values, &mixture.values)
            mixture.origins[key.name] = origins[key.name]
        }
        return (waiting.isEmpty ? new : try mixture.loaded(), waiting)
    }
}

extension ConfigurationKey {
    fileprivate func differs(_ first: NodeConfiguration, _ second: NodeConfiguration) -> Bool {
        "\(value(first))" != "\(value(second))"
    }

    /// Its value for people; a secret is hidden.
    func shown(_ values: NodeConfiguration) -> String {
        let raw = value(values)
        return isSecret && !raw.isEmpty ? Self.hidden : ConfigurationText.yaml(raw)
    }

    /// Instead of a secret.
    static let hidden = "<hidden>"
}
