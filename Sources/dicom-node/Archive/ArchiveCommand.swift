import ArgumentParser

/// `dicom-node archive`: what an archive holds. While a node runs, too.
struct ArchiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "List, count, verify, remove and adopt what an archive holds; make its index anew.",
        subcommands: [
            ArchiveList.self, ArchiveStats.self, ArchiveVerify.self, ArchiveReindex.self, ArchiveRemove.self,
            ArchiveAdopt.self, ArchiveRetention.self,
        ]
    )
}
