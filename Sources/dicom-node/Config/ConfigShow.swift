import ArgumentParser

/// `dicom-node config show`: the settings that count, and where each comes from.
struct ConfigShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the settings that count, as YAML, and where each comes from.",
        discussion: "Secrets are hidden. Exit codes: 0 done, 64 wrong usage, 78 the configuration is wrong."
    )

    @OptionGroup var options: ConfigurationOptions<EveryKey>

    func run() throws {
        StandardStream.output.write(ConfigurationText.settings(try options.effective()))
    }
}
