import Archive
import ArgumentParser
import Index
import Instances
import Logging
import NIOPosix
import Nursery
import Synchronization
import SystemPackage

/// `dicom-node archive adopt`: files that another program has kept.
struct ArchiveAdopt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Bring DICOM files, and all in folders, into an archive, as if they had been received.",
        discussion: """
            Each file is copied, and stays where it is. What is told to be adopted is on stable storage, whole, and in the \
            index. The folders may be those of another archive, such as storescp's, dcm4chee's or Orthanc's (compressed \
            ones too). A node may receive into the archive meanwhile: give its configuration with --config. An \
            adoption that was broken off goes on where it was when it is begun again.
            Exit codes: 0 adopted, 1 something was not, 64 wrong usage.

            dicom-node archive adopt --archive /srv/dicom/archive /var/lib/orthanc/db-v6
            """
    )

    /// The keys of the node that decide what becomes of an instance.
    enum Keys: KeySelection {
        static var keys: [ConfigurationKey] {
            [
                "archive.path", "archive.layout", "archive.sync", "archive.duplicates", "archive.minimum_free",
                "archive.digest", "archive.marker_required", "index.enabled", "index.url",
            ].compactMap(ConfigurationKey.named)
        }
    }

    @OptionGroup var options: KeyOptions<Keys>
    @Flag(name: .customLong("initialize"), help: "Make an archive of a folder, whatever is in it.")
    var initialize = false
    @Option(
        help: .setting("Files copied at once, 1 to 64.", default: 8, valueName: "number"),
        transform: Setting.number(in: 1...64)
    )
    var parallel = 8
    @Flag(help: "Look at every file again, also at those that an adoption that was broken off has done.")
    var restart = false
    @Argument(help: "Files and folders.") var paths: [String]

    private static let journalName = "adopted"

    func run() async throws {
        let progress = FileProgress("adopted", showsBar: StandardStream.error.isTerminal)
        do {
            try await adopt(paths.map(PathBytes.init(argument:)), progress)
        } catch {
            guard let code = error as? ExitCode else {
                StandardStream.error.writeLine("\(error)")
                throw ExitCode.failure
            }
            throw code
        }
        if progress.failures > 0 { throw ExitCode.failure }
    }

    /// *Errors*: the archive cannot be opened, or takes no more.
    func adopt(_ paths: [PathBytes], _ progress: FileProgress) async throws {
        let values = try options.values()
        let index = Self.index(values)
        var configuration = values.archiveConfiguration(initialize: initialize)
        configuration.role = .adopter
        let archivePath = configuration.path
        try await withLocalArchive(
            configuration,
            observer: index,
            lookup: index,
            report: { remark in
                if remark.level == .warning { StandardStream.error.writeLine("\(remark)") }
            }
        ) { archive in
            // Under the archive's lock: no other process adopts.
            let journal = try AdoptJournal(
                archivePath.appending(".dicom-node").appending(Self.journalName),
                restarts: restart
            )
            let threads = NIOThreadPool.singleton
            let plan = try await threads.runIfActive { AdoptPlan(paths, journal: journal, progress: progress) }
            progress.begin(total: plan.files.count)
            defer { progress.finish() }
            let operation = AdoptOperation(archive: archive, progress: progress, journal: journal, threads: threads)
            try await withNursery { (nursery: borrowing Nursery) in
                nursery.startSoon { await index?.run() }
                try await adoptAll(plan.files, operation)
                nursery.cancel()
            }
            if progress.failures == 0 { journal.remove() }
        }
    }

    /// A child for each of `parallel` files; all take from one list.
    private func adoptAll(_ files: [AdoptFile], _ operation: AdoptOperation) async throws {
        let queue = AdoptQueue(files)
        let count = min(parallel, files.count)
        try await withNursery { (workers: borrowing Nursery) in
            for _ in 0..<count {
                workers.startSoon {
                    while !Task.isCancelled, let file = queue.take() { try await operation.run(file) }
                }
            }
        }
    }

    private static func index(_ values: NodeConfiguration) -> Index? {
        let level = LogLevel(.warning)
        let logger = Logger(label: "dicom-node") { _ in StandardErrorLogHandler(level: level, format: .text) }
        return values.indexConfiguration.map { Index($0, logger: logger) }
    }
}

/// Files that wait to be adopted.
private final class AdoptQueue: Sendable {
    private let files: Mutex<ArraySlice<AdoptFile>>

    init(_ files: [AdoptFile]) { self.files = Mutex(files[...]) }

    func take() -> AdoptFile? { files.withLock { $0.popFirst() } }
}
