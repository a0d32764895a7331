import Archive
import Glibc
import Instances
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// What an observer is told, and when.
@Suite struct ObserverTests {
    /// What happened, in order: a batch with its paths, or an answer.
    private enum Event: Equatable {
        case told([String])
        case answered(String?)
    }

    private final class Log: ArchiveObserver {
        let events = Mutex<[Event]>([])
        let instances = Mutex<[ArchivedInstance]>([])
        private let onTold: @Sendable ([ArchivedInstance]) -> Void

        init(onTold: @escaping @Sendable ([ArchivedInstance]) -> Void = { _ in }) { self.onTold = onTold }

        func archived(_ instances: [ArchivedInstance]) {
            onTold(instances)
            events.withLock { $0.append(.told(instances.map(\.stored.path))) }
            self.instances.withLock { $0 += instances }
        }

        func answer(_ result: Result<StoredInstance, ArchiveError>) {
            events.withLock { $0.append(.answered(try? result.get().path)) }
        }
    }

    private func file(_ sample: Sample, in archive: InstanceArchive, _ log: Log) {
        do throws(ArchiveError) {
            var pending = try archive.begin(sample.meta)
            let appended = sample.dataSet.withUnsafeBytes { bytes in
                Result { () throws(ArchiveError) in try pending.append(bytes) }
            }
            try appended.get()
            archive.commit(pending, as: sample.keys, digest: sample.digest()) { log.answer($0) }
        } catch {
            log.answer(.failure(error))
        }
    }

    private func path(_ number: Int) -> String { "1.2/1.2.9/1.2.3.\(number).dcm" }

    @Test("told once for each batch of the group commit, when it is durable and before its senders hear of it")
    func batches() throws {
        let disk = SimulatedDisk(seed: 1)
        let lost = Mutex<[String]>([])
        let log = Log { instances in
            for instance in instances {
                // What a power cut would leave at this moment.
                let content = disk.stableContent(ofPath: "/archive/\(instance.stored.path)")
                if content == nil { lost.withLock { $0.append(instance.stored.path) } }
            }
        }
        let archive = try InstanceArchive(
            ArchiveConfiguration(path: "/archive", initialize: true),
            fileSystem: disk,
            observer: log
        )
        file(Sample("1.2.3.0"), in: archive, log)
        // While the next one's bytes are synced, three more come: one batch.
        let start = disk.operationCount
        disk.onOperation { [self] in
            guard disk.operationCount == start + 5 else { return }
            disk.onOperation(nil)
            for number in 2...4 { file(Sample("1.2.3.\(number)"), in: archive, log) }
        }
        file(Sample("1.2.3.1"), in: archive, log)
        let events = log.events.withLock { $0 }
        #expect(
            events == [
                .told([path(0)]), .answered(path(0)),
                .told([path(1)]), .answered(path(1)),
                .told([path(2), path(3), path(4)]), .answered(path(2)), .answered(path(3)), .answered(path(4)),
            ]
        )
        #expect(lost.withLock { $0 } == [])
    }

    @Test("told what it has to know of an instance, whatever became of it", arguments: SyncPolicy.allCases)
    func content(sync: SyncPolicy) throws {
        let log = Log()
        let archive = try InstanceArchive(
            ArchiveConfiguration(path: "/archive", sync: sync, initialize: true),
            fileSystem: SimulatedDisk(seed: 1),
            observer: log
        )
        let samples = [
            Sample("1.2.3.1", "one"), Sample("1.2.3.2", "two"), Sample("1.2.3.2", "two"), Sample("1.2.3.1", "x"),
        ]
        for sample in samples { file(sample, in: archive, log) }
        let told = log.instances.withLock { $0 }
        #expect(told.map(\.stored.outcome) == [.stored, .stored, .identical, .keptBeside(copy: 2)])
        #expect(told.map(\.keys) == samples.map(\.keys))
        #expect(told.map(\.head) == samples.map(\.meta))
        #expect(told.map(\.dataSetLength) == [3, 3, 3, 1])
        #expect(told.map(\.digest) == samples.map { $0.digest().value() })
        #expect(log.events.withLock { $0.count } == 8)
    }

    @Test("told nothing of an instance that is refused", arguments: SyncPolicy.allCases)
    func refused(sync: SyncPolicy) throws {
        for operation in 1... {
            let disk = SimulatedDisk(seed: 1)
            let log = Log()
            let archive = try InstanceArchive(
                ArchiveConfiguration(path: "/archive", sync: sync, initialize: true),
                fileSystem: disk,
                observer: log
            )
            disk.fail(with: FaultPlan(once: [disk.operationCount + operation: .error(EIO)]))
            let start = disk.operationCount
            file(Sample("1.2.3.1"), in: archive, log)
            switch log.events.withLock({ $0 }) {
            case [.answered(nil)]: break
            case [.told([path(1)]), .answered(path(1))]: break
            case let events: Issue.record("operation \(operation): \(events)")
            }
            guard disk.operationCount - start >= operation else { return #expect(operation > 10) }
        }
    }
}
