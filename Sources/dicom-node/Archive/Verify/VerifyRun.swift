import CLinux
import Dispatch
import Glibc
import Index
import NIOPosix
import Synchronization
import SystemPackage

/// Reads every file of an archive, on several threads, and compares it with the index.
///
/// A node may write to the archive meanwhile. Where file and index differ, both are looked at once more at the end, and
/// what came or went since the beginning is no finding.
final class VerifyRun: Sendable {
    /// The clocks, and the sleep of the calling thread.
    struct Time: Sendable {
        /// Nanoseconds that only go forward.
        var now: @Sendable () -> UInt64
        /// Seconds since 1970, as the files have them.
        var date: @Sendable () -> Int64
        /// Waits so many nanoseconds.
        var sleep: @Sendable (UInt64) -> Void

        static let system = Time(
            now: { monotonic() },
            date: { Int64(Glibc.time(nil)) },
            sleep: { nanoseconds in
                var left = timespec(
                    tv_sec: Int(nanoseconds / 1_000_000_000),
                    tv_nsec: Int(nanoseconds % 1_000_000_000)
                )
                var rest = timespec()
                while nanosleep(&left, &rest) != 0, errno == EINTR { left = rest }
            }
        )

        private static func monotonic() -> UInt64 {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        }
    }

    /// Told what happens, by one thread at a time, in the order of the walk.
    struct Listener: Sendable {
        var found: @Sendable (Finding) -> Void = { _ in }
        var advanced: @Sendable (VerifyProgress) -> Void = { _ in }
    }

    private struct State {
        var walk: VerifyWalk
        var progress: VerifyProgress
        /// Batches that are done before one that comes before them.
        var done: [Int: VerifyProgress] = [:]
        var next = 0
        var unnoted = VerifyProgress()
        var noted: UInt64 = 0
        var failure: (any Error)?
    }

    private let root: VerifyFolder
    private let database: IndexDatabase?
    private let checkpoint: VerifyCheckpoint?
    private let parallel: Int
    private let limit: Mutex<RateLimit?>
    private let time: Time
    private let listener: Listener
    private let state: Mutex<State>

    /// Nanoseconds between two notes of the place.
    private static let noteInterval: UInt64 = 1_000_000_000
    /// Nanoseconds in which an index gets the rows of what was archived, and loses those of what was removed.
    private static let settling: UInt64 = 1_000_000_000
    /// Seconds in which an index under load may be behind a file.
    private static let young: Int64 = 60
    /// The node's threads come first.
    private static let nice: Int32 = 10

    /// - Parameters:
    ///   - database: Nil: files are compared with what stands beside and in them.
    ///   - checkpoint: Nil: the place is not noted.
    ///   - progress: What an earlier run has done.
    ///   - parallel: Files that are read at once.
    ///   - rate: Bytes a second; nil: no limit.
    ///
    /// *Errors*: the archive's directory cannot be opened.
    init(
        _ archive: FilePath,
        database: IndexDatabase?,
        checkpoint: VerifyCheckpoint? = nil,
        after progress: VerifyProgress = VerifyProgress(),
        parallel: Int,
        rate: Int? = nil,
        time: Time = .system,
        listener: Listener = Listener()
    ) throws(Errno) {
        root = try VerifyFolder(archive: archive)
        self.database = database
        self.checkpoint = checkpoint
        self.parallel = max(1, parallel)
        limit = Mutex(rate.map { RateLimit(bytesPerSecond: $0) })
        self.time = time
        self.listener = listener
        state = Mutex(State(walk: VerifyWalk(root, after: progress.position), progress: progress))
    }

    /// Verifies what is left to verify.
    ///
    /// *Errors*: the index cannot be read, or the place cannot be noted.
    func run() throws -> VerifyProgress {
        for finding in state.withLock({ $0.progress.findings }) { listener.found(finding) }
        try workOnThreads()
        if let failure = state.withLock({ $0.failure }) { throw failure }
        try lookForFolders()
        try lookAgain()
        checkpoint?.remove()
        return state.withLock { $0.progress }
    }

    /// Returns when all threads have ended.
    private func workOnThreads() throws {
        let threads = NIOThreadPool(numberOfThreads: parallel)
        threads.start()
        let done = DispatchSemaphore(value: 0)
        for _ in 0..<parallel {
            threads.submit { [self] _ in
                work()
                done.signal()
            }
        }
        for _ in 0..<parallel { done.wait() }
        try threads.syncShutdownGracefully()
    }

    private func work() {
        linux_yield_to_others(Self.nice)
        let check = makeCheck()
        while let batch = state.withLock({ $0.failure == nil ? $0.walk.take() : nil }) {
            do {
                let done = try verify(batch, check)
                try state.withLock { try finish(batch.number, done, &$0) }
            } catch {
                state.withLock { $0.failure = $0.failure ?? error }
            }
        }
    }

    private func makeCheck() -> FileCheck {
        FileCheck { [self] count in
            let delay = limit.withLock { $0?.delay(count, now: time.now()) ?? 0 }
            if delay > 0 { time.sleep(delay) }
        }
    }

    private func verify(_ batch: VerifyWalk.Batch, _ check: FileCheck) throws -> VerifyProgress {
        var done = VerifyProgress(position: batch.position, findings: batch.findings)
        guard let folder = batch.folder else { return done }
        var rows =
            try database?.read { reader in
                try reader.fileRows(in: batch.path, after: batch.after, through: batch.through)
            } ?? [:]
        for name in batch.files {
            let row = rows.removeValue(forKey: name)
            switch check.check(name, in: folder, row: row, hasIndex: database != nil) {
            case .good(let bytes, let hasDigest):
                done.bytes += bytes
                if !hasDigest { done.withoutDigest += 1 }
            case .wrong(let finding): done.findings.append(finding)
            case .differs: done.later.append(folder.path(of: name))
            case .gone: if row != nil { done.later.append(folder.path(of: name)) }
            }
            done.files += 1
        }
        // The rows that are left have no file.
        done.later += rows.keys.sorted().map(folder.path(of:))
        return done
    }

    /// Counts what is done, in the order of the walk.
    private func finish(_ number: Int, _ done: VerifyProgress, _ state: inout State) throws {
        state.done[number] = done
        while let next = state.done.removeValue(forKey: state.next) {
            state.next += 1
            state.progress.add(next)
            state.unnoted.add(next)
            next.findings.forEach(listener.found)
        }
        listener.advanced(state.progress)
        let now = time.now()
        guard let checkpoint, state.noted == 0 || now - state.noted >= Self.noteInterval else { return }
        try checkpoint.note(state.unnoted, all: state.progress)
        state.unnoted = VerifyProgress()
        state.noted = max(now, 1)
    }

    /// Rows of folders that are not there.
    private func lookForFolders() throws {
        guard let database else { return }
        var last: String?
        while let path = try database.read({ try $0.nextFolder(after: last) }) {
            last = path
            do throws(Errno) {
                _ = try root.folder(path)
            } catch {
                guard error == .noSuchFileOrDirectory || error == .notDirectory else { continue }
                let names = try database.read { try $0.fileRows(in: path) }.keys.sorted()
                state.withLock { state in state.progress.later += names.map { path.isEmpty ? $0 : path + "/" + $0 } }
            }
        }
    }

    /// Looks once more where file and index differ.
    private func lookAgain() throws {
        let paths = state.withLock { $0.progress.later }
        guard !paths.isEmpty else { return }
        time.sleep(Self.settling)
        let check = makeCheck()
        var seen: Set<String> = []
        for path in paths where seen.insert(path).inserted {
            guard let finding = try finding(at: path, check) else { continue }
            state.withLock { $0.progress.findings.append(finding) }
            listener.found(finding)
        }
        state.withLock { $0.progress.later = [] }
    }

    private func finding(at path: String, _ check: FileCheck) throws -> Finding? {
        let row = try database?.read { try $0.fileRow(at: path) }
        let (directory, name) = IndexedInstance.split(path)
        let missing = row.map { Finding(.missing, path, "the index has the instance \($0.sopInstanceUID) there") }
        guard let folder = try? root.folder(directory) else { return missing }
        switch check.check(name, in: folder, row: row, hasIndex: database != nil) {
        case .good: return nil
        case .gone: return missing
        case .wrong(let finding): return finding
        case .differs(let finding):
            let isYoung = folder.modified(name).map { time.date() - $0 < Self.young } ?? true
            return isYoung ? nil : finding
        }
    }
}
