import ApplicationEntities
import ArgumentParser
import NIOPosix
import Nursery

/// `dicom-node send`: C-STORE files and folders to a peer.
struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send DICOM files, and all in folders, with C-STORE.",
        discussion: """
            Each file goes out as it is. What cannot be listed, read or sent is named, and makes the exit code 1.
            A duration is \(DurationValue.format).

            Example: dicom-node send --called-ae-title ARCHIVE 192.0.2.7 11112 /data/study
            """
    )

    /// Whether a data set may be written in another encoding than its file's.
    enum Conversion: String, CaseIterable, ExpressibleByArgument {
        case ifNeeded = "if-needed"
        case never
    }

    @OptionGroup var peer: PeerOptions

    @Option(
        parsing: .unconditional,
        help: .setting("Associations at once, 1 to 64.", default: 1, valueName: "number"),
        transform: Setting.number(in: 1...64)
    )
    var parallel = 1

    @Option(
        parsing: .unconditional,
        help: .setting(
            """
            Further attempts, 0 to 100, after a transient rejection, or when the peer or the network ends an association, \
            with a pause before each. A file that was answered is not sent again.
            """,
            default: 2,
            valueName: "number"
        ),
        transform: Setting.number(in: 0...100)
    )
    var retries = 2

    @Option(
        help: """
            if-needed: a file in Explicit VR is converted to Implicit VR Little Endian where the peer accepts nothing else. \
            never: it fails.
            """
    )
    var convert = Conversion.ifNeeded

    @Argument(help: "Files and folders.")
    var paths: [String]

    func run() async throws {
        let progress = FileProgress("sent", showsBar: StandardStream.error.isTerminal)
        do {
            try await send(paths.map(PathBytes.init(argument:)), progress, clock: ContinuousClock())
        } catch let faults as TLSFaults {
            StandardStream.error.writeLine("nothing was sent: \(StandardErrorLogHandler.escaped("\(faults)"))")
            throw StartFailure.configuration
        }
        if progress.isNothing {
            StandardStream.error.writeLine(
                "nothing to send: no DICOM file in \(StandardErrorLogHandler.escaped(paths.joined(separator: ", ")))"
            )
        }
        if progress.isNothing || progress.failures > 0 { throw ExitCode.failure }
    }

    /// Sends what the paths name.
    ///
    /// - Parameter clock: Counts the pauses before further attempts.
    ///
    /// *Errors*: `TLSFaults`, before anything is read.
    func send(_ paths: [PathBytes], _ progress: FileProgress, clock: any Clock<Duration>) async throws {
        let requestor = try peer.requestor()
        // Reading a file may wait for the disk, so no event loop does it.
        let threads = NIOThreadPool.singleton
        let files = try await threads.runIfActive { Self.read(FileWalk(paths), progress) }
        progress.begin(total: files.count)
        for batch in SendBatch.batches(files, converting: convert == .ifNeeded) {
            try await send(batch, to: requestor, progress, clock: clock, threads)
        }
        progress.finish()
    }

    /// Reads the beginning of each file. What a folder holds besides DICOM is passed over; what the command line names
    /// is not.
    private static func read(_ walk: FileWalk, _ progress: FileProgress) -> [InstanceFile] {
        for problem in walk.problems { progress.unreadable(problem.path, problem.reason) }
        progress.passedOver(.noFile, count: walk.others)
        return walk.candidates.compactMap { candidate in
            do throws(InstanceFile.Unreadable) {
                return try InstanceFile.read(candidate.path)
            } catch {
                if candidate.isNamed || !(error.isOtherThanDICOM || error.isDirectory) {
                    progress.unreadable(candidate.path, "\(error)")
                } else {
                    progress.passedOver(error.isDirectory ? .directory : .notDICOM)
                }
                return nil
            }
        }
    }

    /// A child for each of `parallel` associations; all take files from one queue.
    private func send(
        _ batch: SendBatch,
        to requestor: AssociationRequestor,
        _ progress: FileProgress,
        clock: any Clock<Duration>,
        _ threads: NIOThreadPool
    ) async throws {
        let queue = SendQueue(batch.files)
        let worker = SendWorker(
            peer: peer,
            requestor: requestor,
            batch: batch,
            queue: queue,
            retries: Retries(limit: retries),
            clock: clock,
            threads: threads,
            progress: progress
        )
        let count = min(parallel, batch.files.count)
        try await withNursery { (associations: borrowing Nursery) in
            for _ in 0..<count { associations.startSoon { await worker.run() } }
        }
        let rest = queue.drain()
        if !rest.isEmpty { progress.undone(rest.map(\.path), queue.reason) }
    }
}
