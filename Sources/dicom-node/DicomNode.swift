import ArgumentParser

/// The command. Exit codes: 0 done, 1 failed, 64 wrong usage, 78 a setting that cannot work on this machine.
@main
struct DicomNode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dicom-node",
        abstract: "A DICOM receiver: answers C-ECHO, receives C-STORE, files studies on local disk.",
        version: Implementation.version,
        subcommands: [Serve.self, Echo.self, Send.self, ArchiveCommand.self, Config.self],
        defaultSubcommand: nil
    )

    /// The arguments are the process's own: Swift's runtime reads them from /proc, which a sandbox may not have.
    static func main() async {
        let arguments = ProcessArguments.texts
        // First of all, because a signal may come at any time.
        StopSignals.ignoreWhatMustNotStop(arguments)
        if let error = unknownCommand(arguments) { exit(withError: error) }
        await main(arguments)
    }

    /// ArgumentParser would call it an unexpected argument, and name no command.
    static func unknownCommand(_ arguments: [String]) -> ValidationError? {
        let commands = configuration.subcommands.map { $0._commandName } + ["help"]
        guard let first = arguments.first, !first.hasPrefix("-"), !commands.contains(first) else { return nil }
        return ValidationError("'\(StandardErrorLogHandler.escaped(first))' is no command: give \(commandList).")
    }

    private static let commandList = "serve, echo, send, archive or config"

    /// No command at all.
    func run() throws {
        throw ValidationError("A command is missing: \(Self.commandList).")
    }
}
