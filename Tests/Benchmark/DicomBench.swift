import ArgumentParser

/// The command: what it measures and with what is said by its subcommands.
///
/// Everything here uses blocking sockets and threads and shares no code with the node: the generator takes CPU from
/// the server beside it, and a fault in the node's own encoder must not hide itself.
@main
struct DicomBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dicom-bench",
        abstract: "Measures a Storage SCP: load, limits of the machine, and side-by-side runs.",
        subcommands: [
            LoadCommand.self, LimitCommand.self, DataCommand.self, CompareCommand.self,
            HostileCommand.self, StormCommand.self,
        ]
    )
}
