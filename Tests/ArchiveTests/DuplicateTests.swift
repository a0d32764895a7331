import Archive
import Glibc
import Instances
import SystemPackage
import TestSupport
import Testing

/// The four policies for other bytes under one SOP Instance UID; the same bytes are a success under each.
@Suite struct DuplicateTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func archive(_ policy: DuplicatePolicy, sync: SyncPolicy = .always) throws -> InstanceArchive {
        try .again(ArchiveConfiguration(path: directory.archive, sync: sync, duplicates: policy))
    }

    private func dataSet(_ path: String) throws -> String {
        let bytes = try contents(of: "\(directory.path)/archive/\(path)")
        return String(decoding: bytes.dropFirst(Sample().meta.encoded().count), as: UTF8.self)
    }

    @Test("accepts the same bytes", arguments: DuplicatePolicy.allCases, SyncPolicy.allCases)
    func acceptsTheSameBytes(_ policy: DuplicatePolicy, sync: SyncPolicy) throws {
        let archive = try archive(policy, sync: sync)
        try archive.file(Sample("1.2.3", "one"))
        #expect(try archive.file(Sample("1.2.3", "one")).outcome == .identical)
        #expect(try directory.files() == ["1.2/1.2.9/1.2.3.dcm"])
    }

    @Test(
        "a data set that begins with group 0002 is recognised when it comes again",
        arguments: DuplicatePolicy.allCases
    )
    func groupTwoInTheDataSet(_ policy: DuplicatePolicy) throws {
        let archive = try archive(policy)
        var explicit = Sample("1.2.3")
        explicit.dataSet = [2, 0, 0x10, 0, 0x55, 0x49, 2, 0, 0x31, 0, 8, 0, 5, 0, 0x43, 0x53, 0, 0]
        var implicit = Sample("1.2.4")
        implicit.dataSet = [2, 0, 3, 0, 2, 0, 0, 0, 0x31, 0, 8, 0, 5, 0, 0, 0, 0, 0]
        for sample in [explicit, implicit] {
            #expect(try archive.file(sample).outcome == .stored)
            #expect(try archive.file(sample).outcome == .identical)
        }
        #expect(try directory.files() == ["1.2/1.2.9/1.2.3.dcm", "1.2/1.2.9/1.2.4.dcm"])
    }

    @Test("keep first drops the second") func keepFirstDropsTheSecond() throws {
        let archive = try archive(.keepFirst)
        try archive.file(Sample("1.2.3", "one"))
        #expect(try archive.file(Sample("1.2.3", "two")).outcome == .keptFirst)
        #expect(try directory.files() == ["1.2/1.2.9/1.2.3.dcm"])
        #expect(try dataSet("1.2/1.2.9/1.2.3.dcm") == "one")
    }

    @Test("replace puts the second in the first one's place") func replacePutsTheSecondInTheFirstOnesPlace() throws {
        let archive = try archive(.replace)
        try archive.file(Sample("1.2.3", "one"))
        #expect(try archive.file(Sample("1.2.3", "two")).outcome == .replaced)
        #expect(try directory.files() == ["1.2/1.2.9/1.2.3.dcm"])
        #expect(try dataSet("1.2/1.2.9/1.2.3.dcm") == "two")
        #expect(try directory.leftovers() == [])
    }

    @Test("reject refuses the second") func rejectRefusesTheSecond() throws {
        let archive = try archive(.reject)
        try archive.file(Sample("1.2.3", "one"))
        let error = #expect(throws: ArchiveError.self) { try archive.file(Sample("1.2.3", "two")) }
        #expect(error?.kind == .duplicate)
        #expect(try dataSet("1.2/1.2.9/1.2.3.dcm") == "one")
        #expect(try directory.leftovers() == [])
    }

    /// A copy that an earlier policy kept is compared too.
    @Test("compares with every copy", arguments: DuplicatePolicy.allCases) func comparesWithEveryCopy(
        _ policy: DuplicatePolicy
    ) throws {
        try archive(.keepBoth).file(Sample("1.2.3", "one"))
        try archive(.keepBoth).file(Sample("1.2.3", "two"))
        #expect(try archive(policy).file(Sample("1.2.3", "two")).path == "1.2/1.2.9/1.2.3~2.dcm")
    }

    /// The same instance on many threads at once: one file, and every thread is told success.
    @Test("files one of many at once", arguments: [1, 8], SyncPolicy.allCases)
    func filesOneOfManyAtOnce(_ contents: Int, sync: SyncPolicy) throws {
        let archive = try archive(.keepBoth, sync: sync)
        // Its directory is open: without syncs each gives its name by itself.
        try archive.file(Sample("1.2.4"))
        let outcomes = inParallel(32) { index -> StoredInstance.Outcome? in
            let box = Box<Result<StoredInstance, ArchiveError>>()
            let sample = Sample("1.2.3", "content \(index % contents)")
            guard var pending = try? archive.begin(sample.meta) else { return nil }
            sample.dataSet.withUnsafeBytes { bytes in try? pending.append(bytes) }
            archive.commit(pending, as: sample.keys, digest: sample.digest()) { box.value = $0 }
            return box.wait().flatMap { try? $0.get().outcome }
        }
        #expect(outcomes.count { $0 == .stored } == 1)
        #expect(outcomes.count { $0 == .identical } == 32 - contents)
        #expect(try directory.files().count == contents + 1)
        #expect(try directory.leftovers() == [])
    }

    /// A resend that arrives while the first copy's commit is in any of its operations.
    @Test("accepts a resend during the first commit", arguments: SyncPolicy.allCases)
    func acceptsAResendDuringTheFirstCommit(sync: SyncPolicy) throws {
        for operation in 1...60 {
            var options = Scenario.Options(seed: 1)
            options.sync = sync
            options.count = 0
            let scenario = Scenario(options)
            let archive = try InstanceArchive(scenario.configuration, fileSystem: scenario.disk)
            let start = scenario.disk.operationCount
            scenario.disk.onOperation { [disk = scenario.disk] in
                guard disk.operationCount == start + operation else { return }
                disk.onOperation(nil)
                scenario.file(Sample(), in: archive)
            }
            scenario.file(Sample(), in: archive)
            scenario.disk.onOperation(nil)
            let outcomes = scenario.history.all.map { try? $0.answer?.get().outcome }
            #expect(outcomes.count <= 2 && outcomes.allSatisfy { $0 == .stored || $0 == .identical })
            #expect(outcomes.count { $0 == .stored } == 1)
            #expect(scenario.history.judge(scenario.disk) == [])
            guard outcomes.count == 2 else { return #expect(operation > (sync == .always ? 12 : 8)) }
        }
    }
}
