import ArgumentParser
import Foundation
import Index

/// `dicom-node archive reindex`: the rows from the files.
struct ArchiveReindex: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reindex",
        abstract: "Make an archive's index from its files: read every file, and drop what is in none.",
        discussion: """
            The files are read and never changed. A node may run meanwhile, and what is listed meanwhile is what is there.
            An index that is damaged is put aside. Of an archive that may not be written the index is made elsewhere:

            dicom-node archive reindex --archive /mnt/copy --index-url sqlite:/tmp/copy.sqlite
            """
    )

    @OptionGroup var options: IndexedArchiveOptions
    @Flag(help: "Only folders that have changed since they were read, as the node does at its start.")
    var changes = false

    func run() throws {
        let archive = try options.read()
        let showsProgress = StandardStream.error.isTerminal
        let start = Date()
        do {
            let found = try IndexDatabase.reindex(
                archive.path,
                into: archive.database,
                extent: changes ? .changes : .everything,
                report: { StandardStream.error.writeLine("dicom-node: \($0)") },
                progress: { found in
                    if showsProgress { StandardStream.error.write("\r\(found.files) files, \(found.folders) folders") }
                }
            )
            if showsProgress { StandardStream.error.write("\r\u{1B}[K") }
            let seconds = max(Date().timeIntervalSince(start), 0.001)
            StandardStream.output.writeLine(
                "\(found.rowsWritten) files indexed in \(String(format: "%.1f", seconds)) s, "
                    + "\(found.rowsRemoved) rows removed, \(found.others) files that are no instances"
            )
        } catch {
            throw archive.failure(error)
        }
    }
}
