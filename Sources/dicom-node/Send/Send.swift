import ApplicationEntities
import ArgumentParser
import Associations
import DIMSE
import NIOCore
import NIOPosix
import Nursery
import ServiceClasses
import Synchronization

/// `dicom-node send`: C-STORE files and folders to a peer.
struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Send DICOM files, and all in folders, with C-STORE.")

    @OptionGroup var peer: PeerOptions

    @Option(help: "Associations at once.")
    var parallel = 1

    @Argument(help: "Files and folders.")
    var paths: [String]

    func validate() throws {
        guard (1...64).contains(self.parallel) else { throw ValidationError("--parallel: 1 to 64.") }
    }

    func run() async throws {
        // Reading a file may wait for the disk, so no event loop does it.
        let threads = NIOThreadPool.singleton
        let paths = paths
        let candidates = try await threads.runIfActive { SendPlan.candidates(at: paths) }
        let progress = SendProgress(total: candidates.count)
        let files = try await threads.runIfActive { candidates.compactMap { Self.readHead($0, progress) } }
        try await send(SendPlan.batches(files, parallel: parallel), threads, progress)
        progress.finish()
        if progress.failures > 0 { throw ExitCode.failure }
    }

    /// What a folder holds besides DICOM is passed over; what the user named is not.
    private static func readHead(_ candidate: SendPlan.Candidate, _ progress: SendProgress) -> SendFile? {
        do {
            return try SendFile.read(candidate.path)
        } catch {
            if error.isOtherThanDICOM, !candidate.isNamed {
                progress.skipped()
            } else {
                progress.failed(candidate.path, error.description)
            }
            return nil
        }
    }

    /// A child for each of `parallel` associations; each takes the next batch until there is none.
    private func send(_ batches: [SendPlan.Batch], _ threads: NIOThreadPool, _ progress: SendProgress) async throws {
        let (peer, parallel) = (self.peer, self.parallel)
        try await withNursery { (associations: borrowing Nursery) in
            for lane in 0..<parallel {
                associations.startSoon {
                    for batch in stride(from: lane, to: batches.count, by: parallel).map({ batches[$0] }) {
                        await SendTask(peer: peer, threads: threads, progress: progress).send(batch)
                    }
                }
            }
        }
    }
}

/// Sends one batch, over as many associations as it takes: one that ends under way costs the file that was being sent.
private struct SendTask: Sendable {
    let peer: PeerOptions
    let threads: NIOThreadPool
    let progress: SendProgress

    func send(_ batch: SendPlan.Batch) async {
        let position = Mutex(0)
        while case let first = position.withLock({ $0 }), first < batch.files.count {
            do {
                try await self.peer.requestor().withAssociation(self.peer.request(contexts: batch.proposed)) {
                    association in
                    // Counted before it is sent: if the association ends here, the next one begins with the next file.
                    while case let next = position.withLock({ n in
                        defer { n += 1 }; return n
                    }), next < batch.files.count {
                        let file = batch.files[next]
                        try await self.send(file, batch, association)
                    }
                }
            } catch {
                let next = position.withLock { $0 }
                guard next > first else {
                    // No association: none for the others either.
                    for file in batch.files[next...] { self.progress.failed(file.path, "\(error)") }
                    return
                }
                self.progress.failed(batch.files[next - 1].path, "\(error)")
            }
        }
    }

    private func send(
        _ file: SendFile,
        _ batch: SendPlan.Batch,
        _ association: Association
    ) async throws {
        guard let id = batch.id(of: file.context), association.negotiated.contexts[id] != nil else {
            self.progress.failed(
                file.path,
                "presentation context refused: \(file.sopClassUID) in \(file.transferSyntaxUID)"
            )
            return
        }
        let source: File
        do {
            source = try await self.threads.runIfActive { try File(file.path) }
        } catch {
            self.progress.failed(file.path, "\(error)")
            return
        }
        let response = try await association.store(
            sopClassUID: UID(file.sopClassUID),
            sopInstanceUID: UID(file.sopInstanceUID),
            on: id,
            length: file.dataSetLength
        ) { offset, count in
            try await self.threads.runIfActive {
                ByteBuffer(bytes: try source.read(at: file.dataSetOffset + offset, count: count))
            }
        }
        if response.status.category == .success || response.status.category == .warning {
            self.progress.stored()
        } else {
            let comment = response.errorComment.map { " (\($0))" } ?? ""
            self.progress.failed(file.path, "status \(response.status)\(comment)")
        }
    }
}
