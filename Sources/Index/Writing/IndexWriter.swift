import CLinux
import Glibc
import Instances
import Logging
import SystemPackage

/// Writes rows, on a thread that leaves the processors to those who receive.
///
/// It can fail at any point and begin anew: what it was told stays in the queue until it is in the database, and what
/// it was not told is found in the files.
struct IndexWriter {
    private let configuration: Index.Configuration
    private let queue: IndexQueue
    private let index: Index
    private let logger: Logger

    /// The writer has little to do but where the node has much.
    private static let nice: Int32 = 10

    init(_ configuration: Index.Configuration, _ queue: IndexQueue, _ index: Index, _ logger: Logger) {
        self.configuration = configuration
        self.queue = queue
        self.index = index
        self.logger = logger
    }

    /// Writes until the queue is stopped and empty.
    func run() {
        linux_yield_to_others(Self.nice)
        var delay = configuration.retryMilliseconds
        var told: IndexError?
        while true {
            let error: IndexError
            do {
                try work { told = recover(from: told) }
                return
            } catch let failure {
                error = describe(failure)
            }
            index.failed(error)
            index.opened(nil)
            if told == nil { delay = configuration.retryMilliseconds }
            if told != error {
                logger.error(
                    "the index is behind, receiving goes on",
                    metadata: ["error": "\(error)"]
                )
            }
            told = error
            if queue.isStopped { return }
            if case .newer = error { return waitForTheEnd() }
            queue.pause(milliseconds: delay)
            delay = min(2 * delay, configuration.retryMillisecondsMax)
        }
    }

    private func recover(from told: IndexError?) -> IndexError? {
        index.failed(nil)
        if told != nil { logger.notice("the index is written again") }
        return nil
    }

    /// Nothing can be written until the node is started anew.
    private func waitForTheEnd() {
        while !queue.isStopped { queue.pause(milliseconds: configuration.retryMillisecondsMax) }
    }

    /// A database that is none any more is put aside, so that the next one is made from the files.
    private func describe(_ error: any Error) -> IndexError {
        let path = configuration.database
        guard IndexError.isDamage(error) else { return IndexError(error, at: path) }
        index.opened(nil)
        return IndexDatabase.putAside(path).map { .damaged($0) } ?? IndexError(error, at: path)
    }

    /// - Parameter onSuccess: Called when something could be written.
    ///
    /// *Errors*: what the database or the disk says.
    private func work(onSuccess: () -> Void) throws {
        let database = try IndexDatabase(writing: configuration.database)
        index.opened(database)
        index.scans(true)
        // What was missed is found by the scan of all folders.
        _ = queue.takeMissed()
        try index.makeFilter(database)
        var scan = try FolderScan(database, archive: configuration.archive, extent: .changes) { note($0, database) }
        var found = FolderScan.Progress()
        while true {
            guard database.isInPlace else { throw IndexError.refused("\(database.path) was removed, and is made anew") }
            if index.filterIsFull { try index.makeFilter(database) }
            if !scan.isDone {
                found = found + (try scan.step())
                try write(queue.take(), to: database)
                if scan.isDone {
                    index.scans(false)
                    report(found)
                    found = FolderScan.Progress()
                }
                onSuccess()
                guard queue.isStopped, !scan.isDone else { continue }
                // The next start finds the rest.
                while queue.lag.instances > 0, queue.takeMissed().isEmpty { try write(queue.take(), to: database) }
                return
            }
            let missed = queue.takeMissed()
            if !missed.isEmpty {
                index.scans(true)
                logger.notice(
                    "the index is behind, and reads the files",
                    metadata: ["instances": "\(missed.instances)"]
                )
                scan = try FolderScan(
                    database,
                    archive: configuration.archive,
                    extent: .changes,
                    folders: missed.folders,
                    onRow: { note($0, database) }
                )
                continue
            }
            guard queue.wait() else { return }
            queue.pause(milliseconds: configuration.gatherMilliseconds)
            try write(queue.take(), to: database)
            onSuccess()
        }
    }

    /// An instance was found in a file; the archive may have filed it twice, because the index did not know of it.
    private func note(_ instance: IndexedInstance, _ database: IndexDatabase) {
        if index.mayHave(instance.sopInstanceUID),
            let copies = try? database.read({ try $0.copies(of: instance.sopInstanceUID) }),
            let other = copies.first(where: { copy in
                copy.path != instance.path && copy.bytes == instance.bytes && copy.digest == instance.digest
            })
        {
            index.foundTwice()
            logger.notice(
                "an instance is archived twice: it came again while the index was behind",
                metadata: ["SOPInstanceUID": "\(instance.sopInstanceUID)", "paths": "\(other.path) \(instance.path)"]
            )
        }
        index.found(instance.sopInstanceUID)
    }

    private func report(_ found: FolderScan.Progress) {
        guard found.rowsWritten + found.rowsRemoved > 0 else { return }
        logger.notice(
            "the index has caught up with the files",
            metadata: [
                "folders": "\(found.folders)", "added": "\(found.rowsWritten)", "removed": "\(found.rowsRemoved)",
            ]
        )
    }

    /// Writes one batch in one transaction.
    private func write(_ batch: [ArchivedInstance], to database: IndexDatabase) throws {
        guard !batch.isEmpty else { return }
        let rows = batch.map { ($0.stored.outcome, IndexedInstance($0)) }
        do {
            var unknown: Set<String> = []
            try database.write { changes in
                var folders: Set<String> = []
                for (outcome, row) in rows {
                    switch outcome {
                    case .stored, .keptBeside, .replaced:
                        try changes.put(row)
                        folders.insert(row.directory)
                    case .identical, .keptFirst:
                        // The file is an earlier one. Its row may be missing, but what is known here is not the file's.
                        if try !changes.touch(row) { unknown.insert(row.directory) }
                    }
                }
                // Their names have changed since they were read.
                for folder in folders { try changes.setFolder(folder, modified: 0) }
            }
            queue.finish()
            if !unknown.isEmpty { queue.putBack(missed: IndexQueue.Missed(folders: unknown, instances: unknown.count)) }
        } catch {
            queue.putBack()
            throw error
        }
    }
}
