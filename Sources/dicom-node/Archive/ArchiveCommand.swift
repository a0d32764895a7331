import ArgumentParser

/// `dicom-node archive`: what an archive holds. While a node runs, too.
struct ArchiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "List and count what an archive holds; make its index anew.",
        subcommands: [ArchiveList.self, ArchiveStats.self, ArchiveReindex.self]
    )
}
