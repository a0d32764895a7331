package import Instances
package import Logging
import NIOPosix
import Synchronization
package import SystemPackage

/// What an archive holds, as rows: told of what is archived, asked for what is there.
///
/// It never stands in the way of a C-STORE: whatever befalls the database, instances are archived as before, and the
/// index says that it is behind. What it has missed it reads from the files, which are the truth.
///
/// *Resources*: two threads and a database while ``run()`` runs, and the queue (`IndexLimits`).
package final class Index: ArchiveObserver, CopyLookup, Sendable {
    /// Where the index and its archive are, and how it waits.
    package struct Configuration: Sendable {
        /// The archive's directory.
        package var archive: FilePath
        /// The database.
        package var database: FilePath
        /// How long instances are gathered for one transaction: their rows come that much later.
        package var gatherMilliseconds = 200
        /// After a failure, doubled with each further one up to the longest.
        package var retryMilliseconds = 1_000
        package var retryMillisecondsMax = 60_000

        package init(archive: FilePath, database: FilePath? = nil) {
            self.archive = archive
            self.database = database ?? IndexDatabase.path(in: archive)
        }
    }

    private struct State {
        var database: IndexDatabase?
        /// Until it has all rows, what was told since the start.
        var filter = UIDFilter(capacity: 0)
        var filterHasRows = false
        /// The one that takes its place when all rows are in it.
        var nextFilter: UIDFilter?
        var failure: IndexError?
        var isScanning = false
        var filedTwice = 0
    }

    private let configuration: Configuration
    private let logger: Logger
    private let queue = IndexQueue()
    private let state = Mutex(State())
    private let lookupThread = NIOThreadPool(numberOfThreads: 1)
    private let search: CopySearch

    package init(_ configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        search = CopySearch(thread: lookupThread)
    }

    /// How far the index is behind the files.
    package var status: IndexState {
        let lag = queue.lag
        return state.withLock { state in
            IndexState(
                failure: state.failure.map { "\($0)" },
                isScanning: state.isScanning,
                isOpen: state.database != nil,
                missingInstances: lag.instances,
                missingSince: lag.since,
                filedTwice: state.filedTwice
            )
        }
    }

    /// The rows; nil: the database cannot be had now.
    package var database: IndexDatabase? { state.withLock { $0.database } }

    package func archived(_ instances: [ArchivedInstance]) {
        // The queue first: a filter that is being made takes what is there, and what comes later is told to it.
        queue.add(instances)
        let (filter, next) = state.withLock { ($0.filter, $0.nextFilter) }
        for instance in instances {
            filter.insert(instance.keys.sopInstanceUID)
            next?.insert(instance.keys.sopInstanceUID)
        }
    }

    package func mayHave(_ sopInstanceUID: String) -> Bool {
        let (filter, isKnown) = state.withLock { ($0.filter, $0.filterHasRows || $0.database == nil) }
        return !isKnown || filter.mayContain(sopInstanceUID)
    }

    package func copies(of sopInstanceUID: String) -> [String]? {
        // Before the database is asked, because an instance goes from the queue to there.
        let waiting = queue.paths(of: sopInstanceUID)
        guard let database, let known = search.paths(of: sopInstanceUID, in: database) else {
            return waiting.isEmpty ? nil : waiting
        }
        return known + waiting.filter { !known.contains($0) }
    }

    /// Writes what is archived, until it is cancelled and all is written. A failure is logged once, and then tried
    /// again and again, ever more seldom; one that only an operator can end ends the writing.
    ///
    /// *Errors*: none: what is wrong is in ``status`` and in the log.
    package func run() async {
        await withTaskCancellationHandler {
            let writerThread = NIOThreadPool(numberOfThreads: 1)
            writerThread.start()
            lookupThread.start()
            await withCheckedContinuation { continuation in
                writerThread.submit { _ in
                    IndexWriter(self.configuration, self.queue, self, self.logger).run()
                    continuation.resume()
                }
            }
            state.withLock { state in
                state.database = nil
                state.isScanning = false
            }
            try? await lookupThread.shutdownGracefully()
            try? await writerThread.shutdownGracefully()
        } onCancel: {
            queue.stop()
        }
    }
}

// What the writer says.
extension Index {
    func opened(_ database: IndexDatabase?) { state.withLock { $0.database = database } }
    func failed(_ error: IndexError?) { state.withLock { $0.failure = error } }
    func scans(_ isScanning: Bool) { state.withLock { $0.isScanning = isScanning } }

    /// A row was written for an instance that nobody had told of.
    func found(_ sopInstanceUID: String) {
        let (filter, next) = state.withLock { ($0.filter, $0.nextFilter) }
        filter.insert(sopInstanceUID)
        next?.insert(sopInstanceUID)
    }

    func foundTwice() { state.withLock { $0.filedTwice += 1 } }

    var filterIsFull: Bool { state.withLock { $0.filterHasRows && $0.filter.isFull } }

    /// Makes the filter anew from the rows, twice as large as they need.
    ///
    /// *Errors*: what the database says: then the filter is the one before.
    func makeFilter(_ database: IndexDatabase) throws {
        let count = try database.read { try $0.instanceCount() } + queue.lag.instances
        let filter = UIDFilter(capacity: count * 2)
        state.withLock { $0.nextFilter = filter }
        do {
            // What is queued now was told before there was a next filter.
            queue.forEachSOPInstanceUID { filter.insert($0) }
            try database.read { try $0.forEachSOPInstanceUID { filter.insert($0) } }
        } catch {
            state.withLock { $0.nextFilter = nil }
            throw error
        }
        state.withLock { state in
            state.filter = filter
            state.filterHasRows = true
            state.nextFilter = nil
        }
    }
}
