import ArgumentParser
import Foundation
import Index
import SystemPackage

/// `dicom-node archive verify`: whether the files are still what was archived.
struct ArchiveVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read every file of an archive, and say what is missing, extra or damaged.",
        discussion: """
            Each file is compared with the digest that was kept when it was archived (beside the file, and in the index), \
            with its own head, and with its row in the index. Nothing is changed. A node may run meanwhile. Without an index, \
            missing files cannot be told.
            Exit codes: 0 all is as it was archived, 1 something was found, or the archive cannot be read.

            dicom-node archive verify --archive /srv/dicom/archive --rate 100MiB
            dicom-node archive verify --archive /mnt/backup --checkpoint /var/tmp/backup.verify --resume
            """
    )

    @OptionGroup var archive: IndexedArchiveOptions
    @Option(
        help: ArgumentHelp("Bytes read in a second, such as 100MiB. (default: no limit)", valueName: "size"),
        transform: SizeValue.parse(in: 1...Int.max)
    )
    var rate: SizeValue?
    @Option(
        help: .setting("Files read at once, 1 to 64.", default: Self.processors, valueName: "number"),
        transform: Setting.number(in: 1...64)
    )
    var parallel = Self.processors
    @Option(
        help: ArgumentHelp(
            "Where it notes how far it is. (default: .dicom-node/verify in the archive, if that may be written)",
            valueName: "file"
        )
    )
    var checkpoint: PathValue?
    @Flag(help: "Go on where the last one was broken off; without one, begin.") var resume = false
    @Flag(help: "Begin anew, whatever was noted.") var restart = false
    @Flag(help: "One JSON object.") var json = false

    private static let processors = max(1, min(64, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    private static let checkpointName = "verify"

    func validate() throws {
        if resume, restart { throw ValidationError("Give one of --resume and --restart.") }
    }

    func run() throws {
        let archive = try archive.read()
        let path = archive.absolutePath
        let note = checkpoint?.absolute ?? path.appending(".dicom-node").appending(Self.checkpointName)
        let isNoted = checkpoint != nil || access(note.removingLastComponent().string, W_OK) == 0
        do {
            let earlier = isNoted && !restart ? try VerifyCheckpoint.read(note, archive: path) : nil
            if let earlier, !resume {
                throw ValidationError(
                    "a verification of this archive was broken off after \(earlier.files) files: go on with --resume, "
                        + "or begin anew with --restart."
                )
            }
            if !isNoted {
                StandardStream.error.writeLine(
                    "the archive may not be written: give --checkpoint to be able to go on later"
                )
            }
            let index = try Self.openIndex(archive.database)
            let report = VerifyReport(
                json: json,
                showsBar: StandardStream.error.isTerminal,
                total: (try? index?.read { try $0.instanceCount() }) ?? 0
            )
            let verification = try VerifyRun(
                path,
                database: index,
                checkpoint: isNoted ? VerifyCheckpoint(note, archive: path, isResumed: resume) : nil,
                after: earlier ?? VerifyProgress(),
                parallel: parallel,
                rate: rate?.bytes,
                listener: VerifyRun.Listener(found: report.found, advanced: report.advanced)
            )
            report.begin()
            let result = try verification.run()
            report.end(result)
            if !result.findings.isEmpty { throw ExitCode.failure }
        } catch let error where !(error is ExitCode || error is ValidationError) {
            StandardStream.error.writeLine("\(path): \((error as? Errno)?.description ?? "\(error)")")
            throw ExitCode.failure
        }
    }

    /// Nil: there is none, which is said.
    private static func openIndex(_ path: FilePath) throws -> IndexDatabase? {
        do {
            return try IndexDatabase(reading: path)
        } catch IndexError.missing(let path) {
            StandardStream.error.writeLine(
                "there is no index \(path): files that are missing cannot be told"
            )
            return nil
        } catch {
            throw IndexError(error, at: path)
        }
    }
}
