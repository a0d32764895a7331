import Archive
import ArgumentParser
import Glibc
import Index

/// `dicom-node archive remove`: files for good.
struct ArchiveRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove studies, series or instances for good.",
        discussion: """
            All copies of what a UID stands for are removed, with the folders that are empty then, and with their rows in the \
            index, which says where they are. A node may run meanwhile. What a modality sends again is archived again.
            Exit codes: 0 removed, 1 not found or not removed, 64 wrong usage.

            dicom-node archive remove study 1.2.840.113619.2.5.17 --archive /srv/dicom/archive
            dicom-node archive remove instances - --yes < uids.txt
            """
    )

    /// What the UIDs stand for.
    enum RemovedLevel: String, CaseIterable, ExpressibleByArgument {
        case study, studies, series, instance, instances

        var level: Level {
            switch self {
            case .study, .studies: .study
            case .series: .series
            case .instance, .instances: .instance
            }
        }

        static var allValueStrings: [String] { ["study", "series", "instance"] }
    }

    @Argument(help: "study, series or instance.") var level: RemovedLevel
    @Argument(help: ArgumentHelp("UIDs; -: from standard input, one a line.", valueName: "uid"))
    var uids: [String]
    @OptionGroup var archive: IndexedArchiveOptions
    @Flag(help: "Remove without asking.") var yes = false
    @Flag(help: "Say what would be removed, and remove nothing.") var dryRun = false

    func validate() throws {
        for uid in uids where uid != "-" { try Self.requireUID(uid) }
    }

    /// No pattern, which would stand for more than one.
    private static func requireUID(_ uid: String) throws {
        let isPlain = uid.utf8.allSatisfy { 0x21...0x7E ~= $0 } && !uid.contains { "*?\\%".contains($0) }
        guard !uid.isEmpty, isPlain else {
            throw ValidationError(
                "'\(StandardErrorLogHandler.escaped(uid))' is no UID: give one as archive list shows it."
            )
        }
    }

    func run() throws {
        let uids = try allUIDs()
        let archive = try archive.read()
        do {
            let database = try IndexDatabase(changing: archive.database)
            let orders = try uids.map { try RemovalOrder(level.level, $0, in: database) }
            let isComplete = orders.allSatisfy { $0.part.files > 0 }
            for order in orders where order.part.files == 0 {
                StandardStream.error.writeLine("no \(Self.name(order.part)) in \(archive.path)")
            }
            let found = orders.filter { $0.part.files > 0 }
            guard !found.isEmpty, try isWanted(found) else { throw ExitCode.failure }
            guard !dryRun else { return }
            let isDone = try remove(found, from: archive, database)
            if !isDone || !isComplete { throw ExitCode.failure }
        } catch let error where !(error is ExitCode || error is ValidationError) {
            guard let error = error as? ArchiveError else { throw archive.failure(error) }
            StandardStream.error.writeLine("\(error)")
            throw ExitCode.failure
        }
    }

    private func allUIDs() throws -> [String] {
        var all: [String] = []
        for uid in uids {
            guard uid == "-" else {
                all.append(uid)
                continue
            }
            // The question would be answered by a UID.
            guard yes || dryRun else { throw ValidationError("UIDs from standard input need --yes or --dry-run.") }
            while let line = readLine() {
                let uid = String(line.drop { $0 == " " }.prefix { $0 != " " })
                guard !uid.isEmpty else { continue }
                try Self.requireUID(uid)
                all.append(uid)
            }
        }
        var seen: Set<String> = []
        return all.filter { seen.insert($0).inserted }
    }

    /// Says what goes, and asks.
    private func isWanted(_ orders: [RemovalOrder]) throws -> Bool {
        let lines = orders.map { Self.line(dryRun ? "would remove" : "to be removed:", $0.part) }
        if dryRun {
            lines.forEach(StandardStream.output.writeLine)
            return true
        }
        guard !yes else { return true }
        guard StandardStream.error.isTerminal, isatty(0) == 1 else {
            throw ValidationError("nothing is removed: without a terminal to ask on, give --yes.")
        }
        lines.forEach(StandardStream.error.writeLine)
        StandardStream.error.write("remove for good? [y/N] ")
        return ["y", "yes"].contains(readLine()?.lowercased())
    }

    private func remove(
        _ orders: [RemovalOrder],
        from archive: IndexedArchive,
        _ database: IndexDatabase
    ) throws -> Bool {
        let remover = try ArchiveRemover(archive.absolutePath, database)
        var isDone = true
        for order in orders {
            let result = try remover.remove(order)
            for (path, reason) in result.kept {
                StandardStream.error.writeLine(
                    "\(StandardErrorLogHandler.escaped(path)) is not removed: "
                        + StandardErrorLogHandler.escaped(reason)
                )
            }
            if !result.kept.isEmpty { isDone = false }
            var part = order.part
            part.files = result.removed
            StandardStream.output.writeLine(Self.line("removed", part))
        }
        return isDone
    }

    private static func name(_ part: RemovalOrder.Part) -> String {
        "\(part.level.rawValue) \(StandardErrorLogHandler.escaped(part.uid))"
    }

    private static func line(_ verb: String, _ part: RemovalOrder.Part) -> String {
        "\(verb) \(name(part)): \(part.files) \(part.files == 1 ? "file" : "files"), \(ByteCount.text(part.bytes))"
    }
}
