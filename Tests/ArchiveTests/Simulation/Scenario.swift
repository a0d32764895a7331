import Archive
import Instances
import Synchronization
import SystemPackage
import TestSupport

/// A run of the archive on a simulated disk: some instances, filed one during the other, and what comes of it.
///
/// All on one thread: while the archive is in an operation of the disk, the next instance may arrive, as it would on
/// another thread. So one seed decides everything.
final class Scenario: Sendable {
    struct Options: Sendable {
        var seed: UInt64
        var count = 3
        var traits = SimulatedDisk.Traits()
        var sync = SyncPolicy.always
        var duplicates = DuplicatePolicy.keepBoth
        /// One in so many operations sees an arrival; 0: they come one after the other.
        var interleaving = 0
        /// Instances draw their UIDs from so many.
        var names = 3
        var wholeFileSystemSyncMin = 3
    }

    private struct State {
        var generator: SeededGenerator
        var left: Int
        var depth = 0
        var lastOperation = 0
    }

    let options: Options
    let disk: SimulatedDisk
    let history: SimulatedDiskHistory
    private let state: Mutex<State>
    /// How many operations the run took.
    var lastOperation: Int { state.withLock { $0.lastOperation } }
    /// While the process lives.
    private let archive = Mutex<InstanceArchive?>(nil)

    init(_ options: Options, faults: FaultPlan = FaultPlan()) {
        self.options = options
        disk = SimulatedDisk(seed: options.seed, traits: options.traits, faults: faults)
        history = SimulatedDiskHistory(isSynced: options.sync == .always)
        history.mayReplace = options.duplicates == .replace
        state = Mutex(State(generator: SeededGenerator(seed: options.seed ^ 0xA5), left: options.count))
    }

    var configuration: ArchiveConfiguration {
        var configuration = ArchiveConfiguration(
            path: "/archive",
            sync: options.sync,
            duplicates: options.duplicates,
            initialize: true
        )
        configuration.wholeFileSystemSyncMin = options.wholeFileSystemSyncMin
        configuration.syncsInParallel = 2
        configuration.writeBackStride = 64
        return configuration
    }

    /// Opens the archive and files all instances, as far as it gets.
    func run() {
        defer { state.withLock { $0.lastOperation = disk.operationCount } }
        guard let archive = try? InstanceArchive(configuration, fileSystem: disk) else { return }
        if options.interleaving > 0 { disk.onOperation { [weak self] in self?.arrive(at: archive) } }
        while fileNext(in: archive) {}
        disk.onOperation(nil)
        if !disk.hasCrashed { self.archive.withLock { $0 = archive } }
    }

    /// Perhaps another instance arrives, during an operation.
    private func arrive(at archive: InstanceArchive) {
        let comes = state.withLock { state in
            guard state.depth < 6, state.generator.oneIn(options.interleaving) else { return false }
            state.depth += 1
            return true
        }
        guard comes else { return }
        fileNext(in: archive)
        state.withLock { $0.depth -= 1 }
    }

    @discardableResult
    private func fileNext(in archive: InstanceArchive) -> Bool {
        let sample = state.withLock { state -> Sample? in
            guard state.left > 0 else { return nil }
            state.left -= 1
            return draw(&state.generator)
        }
        guard let sample else { return false }
        file(sample, in: archive)
        return true
    }

    /// Few UIDs and few contents, so that the same, and different ones under one UID, come again.
    private func draw(_ generator: inout SeededGenerator) -> Sample {
        let name = Int.random(in: 1...options.names, using: &generator)
        var sample = Sample("1.2.\(name)")
        sample.keys.studyInstanceUID = "1.\(name % 2)"
        sample.keys.seriesInstanceUID = "1.\(name % 3)"
        let content = SeededGenerator(seed: UInt64(name * 10 + Int.random(in: 0...1, using: &generator)))
        var bytes = content
        sample.dataSet = bytes.bytes(Int.random(in: 0...300, using: &bytes))
        return sample
    }

    func file(_ sample: Sample, in archive: InstanceArchive) {
        let index = history.begin(sample.keys, sample.meta, sample.dataSet)
        let history = history
        let disk = disk
        do throws(ArchiveError) {
            var pending = try archive.begin(sample.meta)
            var rest = sample.dataSet[...]
            while !rest.isEmpty {
                let piece = rest.prefix(97)
                rest = rest.dropFirst(97)
                let result = piece.withUnsafeBytes { bytes in
                    Result { () throws(ArchiveError) in try pending.append(bytes) }
                }
                try result.get()
            }
            archive.commit(pending, as: sample.keys, digest: sample.digest()) { history.answer(index, $0, disk: disk) }
        } catch {
            history.answer(index, .failure(error), disk: disk)
        }
    }

    /// The process ends, if it still lives.
    func end() { archive.withLock { $0 = nil } }

    /// After the faults: the process goes on if it lives, else a new one recovers. Everything not yet filed is sent
    /// again and must succeed, and then not even a power cut that takes all it may takes anything of it.
    ///
    /// - Returns: What is wrong.
    func verdict() -> [String] {
        disk.heal()
        do throws(ArchiveError) {
            var found: [String] = []
            if disk.hasGivenUp {
                // Only a new mount helps, and for that the process has to end.
                end()
                disk.restart(after: .power)
            }
            if let archive = archive.withLock({ $0 }) {
                found += sendAgain(to: archive)
            } else {
                disk.restart(after: .process)
                let archive = try InstanceArchive(configuration, fileSystem: disk)
                found += history.judge(disk)
                found += sendAgain(to: archive)
            }
            end()
            found += openDescriptors()
            disk.restart(after: options.sync == .always ? .powerLosingAll : .process)
            _ = try InstanceArchive(configuration, fileSystem: disk)
            return found + history.judge(disk) + openDescriptors()
        } catch {
            return ["does not open without a fault: \(error)"]
        }
    }

    /// A write-back that failed before may still be told, late, to one batch of data and one of names.
    private func sendAgain(to archive: InstanceArchive) -> [String] {
        var failures: [String] = []
        for _ in 1...4 {
            failures = []
            for attempt in history.all where attempt.needsAnother(in: history) {
                var sample = Sample(attempt.keys.sopInstanceUID)
                sample.keys = attempt.keys
                sample.dataSet = attempt.dataSet
                file(sample, in: archive)
                switch history.all.last?.answer {
                case .success: break
                case .failure(let error) where error.kind == .duplicate && options.duplicates == .reject: break
                case let answer: failures.append("sent again without a fault: \(String(describing: answer))")
                }
            }
            if failures.isEmpty { break }
        }
        return failures
    }

    func openDescriptors() -> [String] {
        let expected = archive.withLock { $0 == nil } ? 0...0 : 4...InstanceArchive.restingDescriptorsMax
        return expected.contains(disk.openCount) ? [] : ["\(disk.openCount) descriptors left open"]
    }
}

extension SimulatedDiskHistory.Attempt {
    /// It has not been answered with success, nor has any other that sent the same.
    fileprivate func needsAnother(in history: SimulatedDiskHistory) -> Bool {
        !history.all.contains { other in
            guard case .success = other.answer else { return false }
            return other.keys == keys && other.dataSet == dataSet
        }
    }
}
