import ArgumentParser

/// Some settings of the node, for a command that works beside it: from the node's file, the environment and options.
struct KeyOptions<Selection: KeySelection>: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The configuration file of the node, in YAML.", valueName: "file")
    )
    var file: PathValue?

    @OptionGroup(title: "Settings") var settings: SettingOptions<Selection>

    /// *Errors*: exit code 78, when all that is wrong has been said.
    func values() throws(ExitCode) -> NodeConfiguration {
        try ConfigurationSources(
            commandLine: settings.texts,
            environment: ProcessEnvironment.variables,
            file: file
        ).effective().values
    }
}
