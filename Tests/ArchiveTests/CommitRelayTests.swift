import Archive
import Synchronization
import TestSupport
import Testing

/// A committer who has something else to do works for itself at the most; what others wait for is done elsewhere.
@Suite struct CommitRelayTests {
    private typealias Answer = Box<Result<StoredInstance, ArchiveError>>

    /// Where work goes that a committer hands on; run when the test says so.
    private final class Elsewhere: Sendable {
        private let handedOn = Mutex<[@Sendable () -> Void]>([])
        var count: Int { handedOn.withLock { $0.count } }

        func relay(worksFirst: Bool) -> CommitRelay {
            CommitRelay(worksFirst: worksFirst) { work in self.handedOn.withLock { $0.append(work) } }
        }

        func run() {
            while let work = handedOn.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { work() }
        }
    }

    private static func commit(_ sample: Sample, to archive: InstanceArchive, _ relay: CommitRelay?) throws -> Answer {
        var pending = try archive.begin(sample.meta)
        try sample.dataSet.withUnsafeBytes { try pending.append($0) }
        let answer = Answer()
        archive.commit(pending, as: sample.keys, digest: sample.digest(), relay: relay) { answer.value = $0 }
        return answer
    }

    private static func archive(_ disk: SimulatedDisk) throws -> InstanceArchive {
        try InstanceArchive(ArchiveConfiguration(path: "/archive", initialize: true), fileSystem: disk)
    }

    @Test("alone, who may work does all of it")
    func alone() throws {
        let elsewhere = Elsewhere()
        let archive = try Self.archive(SimulatedDisk(seed: 1))
        for number in 1...3 {
            let answer = try Self.commit(Sample("1.2.3.\(number)"), to: archive, elsewhere.relay(worksFirst: true))
            #expect(try answer.value?.get().outcome == .stored)
        }
        #expect(elsewhere.count == 0)
    }

    @Test("who may not work does nothing")
    func elsewhereOnly() throws {
        let elsewhere = Elsewhere()
        let archive = try Self.archive(SimulatedDisk(seed: 1))
        let answer = try Self.commit(Sample(), to: archive, elsewhere.relay(worksFirst: false))
        #expect(answer.value == nil && elsewhere.count == 1)
        elsewhere.run()
        #expect(try answer.value?.get().outcome == .stored)
    }

    /// Another arrives during each of the operations of a commit.
    @Test("what has come meanwhile is handed on, and so is the next commit", arguments: [true, false])
    func meanwhile(syncIsTrusted: Bool) throws {
        var handedOn = 0
        for operation in 1...40 {
            let elsewhere = Elsewhere()
            var traits = SimulatedDisk.Traits()
            traits.syncIsTrusted = syncIsTrusted
            let disk = SimulatedDisk(seed: 1, traits: traits)
            let archive = try Self.archive(disk)
            let start = disk.operationCount
            let other = Mutex<Answer?>(nil)
            disk.onOperation {
                guard disk.operationCount == start + operation else { return }
                disk.onOperation(nil)
                let answer = try? Self.commit(Sample("1.2.4"), to: archive, elsewhere.relay(worksFirst: true))
                other.withLock { $0 = answer }
            }
            let own = try Self.commit(Sample("1.2.3"), to: archive, elsewhere.relay(worksFirst: true))
            disk.onOperation(nil)
            // The own one is done, whatever comes.
            #expect(try own.value?.get().outcome == .stored, "\(operation)")
            guard let other = other.withLock({ $0 }) else {
                #expect(operation > 12 && handedOn > 0)
                return
            }
            if elsewhere.count > 0 {
                handedOn += 1
                #expect(other.value == nil)
            }
            let haveComeTogether = elsewhere.count > 0
            elsewhere.run()
            #expect(try other.value?.get().outcome == .stored, "\(operation)")
            guard haveComeTogether else { continue }
            // Commits have just come together, and may again: this one is not worked for by who has something else to do.
            let next = try Self.commit(Sample("1.2.5"), to: archive, elsewhere.relay(worksFirst: true))
            #expect(elsewhere.count == 1 && next.value == nil, "\(operation)")
            elsewhere.run()
            let last = try Self.commit(Sample("1.2.6"), to: archive, elsewhere.relay(worksFirst: true))
            #expect(try last.value?.get().outcome == .stored)
        }
    }
}
