import ArgumentParser

/// The configuration of a command: its file, and an option for every key that it takes as one.
struct ConfigurationOptions<Selection: KeySelection>: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The configuration file, in YAML. Options count before it, and variables of the environment, too.",
            valueName: "file"
        )
    )
    var file: PathValue?

    @OptionGroup(title: "Settings") var settings: SettingOptions<Selection>

    /// Everything that this process has been told.
    var sources: ConfigurationSources {
        ConfigurationSources(
            commandLine: settings.texts,
            environment: ProcessEnvironment.variables,
            file: file
        )
    }
}

extension ConfigurationOptions {
    /// The settings that count.
    ///
    /// *Errors*: exit code 78, once standard error has a line for everything that is wrong.
    func effective() throws(ExitCode) -> EffectiveConfiguration { try sources.effective() }
}

extension ConfigurationSources {
    /// The settings that count.
    ///
    /// *Errors*: exit code 78, once standard error has a line for everything that is wrong.
    func effective() throws(ExitCode) -> EffectiveConfiguration {
        do throws(ConfigurationFaults) {
            return try read()
        } catch {
            for fault in error.all { StandardStream.error.writeLine(StandardErrorLogHandler.escaped("\(fault)")) }
            throw StartFailure.configuration
        }
    }
}
