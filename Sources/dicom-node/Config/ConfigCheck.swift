import ArgumentParser

/// `dicom-node config check`: names everything that is wrong, and ends with 78 if something is.
struct ConfigCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say everything that is wrong with the configuration.",
        discussion: "Exit codes: 0 nothing is wrong, 64 wrong usage, 78 something is wrong."
    )

    @OptionGroup var options: ConfigurationOptions<EveryKey>

    func run() throws {
        let effective = try options.effective()
        for remark in effective.remarks {
            StandardStream.output.writeLine("warning: \(StandardErrorLogHandler.escaped(remark))")
        }
        let count = effective.origins.count
        StandardStream.output.writeLine(
            "the configuration is right: \(count) keys are set, the others have their default"
        )
    }
}
