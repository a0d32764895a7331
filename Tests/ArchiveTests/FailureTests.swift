import Archive
import Glibc
import Instances
import TestSupport
import Testing

/// What a caller is told when the disk refuses, and that the next instance finds the archive well.
@Suite struct FailureTests {
    private func scenario(_ change: (inout Scenario.Options) -> Void = { _ in }) -> Scenario {
        var options = Scenario.Options(seed: 3)
        options.count = 0
        change(&options)
        return Scenario(options)
    }

    @Test(
        "names the kind",
        arguments: [
            (ENOSPC, ArchiveError.Kind.outOfSpace), (EDQUOT, .outOfSpace), (EIO, .io(EIO)), (EMFILE, .io(EMFILE)),
            (ENFILE, .io(ENFILE)), (EROFS, .unavailable), (ESTALE, .unavailable),
        ]
    )
    func namesTheKind(_ code: Int32, _ kind: ArchiveError.Kind) throws {
        let scenario = scenario()
        let archive = try InstanceArchive(scenario.configuration, fileSystem: scenario.disk)
        scenario.disk.fail(with: FaultPlan(forever: (1, .error(code))))
        let error = #expect(throws: ArchiveError.self) { try archive.file(Sample()) }
        #expect(error?.kind == kind)
        scenario.disk.heal()
        #expect(try archive.file(Sample()).outcome == .stored)
    }

    @Test("goes on when a full disk is emptied") func goesOnWhenAFullDiskIsEmptied() throws {
        let scenario = scenario { $0.traits.capacity = 2_000 }
        let archive = try InstanceArchive(scenario.configuration, fileSystem: scenario.disk)
        try archive.file(Sample("1.2.3", "small"))
        let big = Sample("1.2.4", String(repeating: "x", count: 3_000))
        let error = #expect(throws: ArchiveError.self) { try archive.file(big) }
        #expect(error?.kind == .outOfSpace)
        #expect(scenario.disk.files(below: "/archive").count == 2)
        scenario.disk.setCapacity(100_000)
        #expect(try archive.file(big).outcome == .stored)
    }

    @Test("refuses below the minimum before data is written") func refusesBelowTheMinimumBeforeDataIsWritten() throws {
        let scenario = scenario { $0.traits.capacity = 10_000 }
        var configuration = scenario.configuration
        configuration.minimumFree = 5_000
        let archive = try InstanceArchive(configuration, fileSystem: scenario.disk)
        try archive.file(Sample("1.2.1", String(repeating: "x", count: 4_900)))
        let error = #expect(throws: ArchiveError.self) { _ = try archive.begin(Sample().meta) }
        #expect(error?.kind == .outOfSpace)
        scenario.disk.setCapacity(50_000)
        try archive.file(Sample())
    }

    @Test("an answer about free space that is younger than the question counts, and does not trap")
    func spaceKnownFromLater() throws {
        let scenario = scenario { $0.traits.capacity = 1_000_000 }
        var configuration = scenario.configuration
        configuration.minimumFree = 5_000
        let archive = try InstanceArchive(configuration, fileSystem: scenario.disk)
        scenario.disk.setTime(5_000_000_000)
        try archive.file(Sample("1.2.1"))
        // As for a thread that has read the clock before another one asked the file system.
        scenario.disk.setTime(4_000_000_000)
        try archive.file(Sample("1.2.2"))
        #expect(scenario.disk.files(below: "/archive").count == 3)
    }

    @Test("refuses when descriptors run out") func refusesWhenDescriptorsRunOut() throws {
        let scenario = scenario { $0.traits.descriptorsMax = 6 }
        let archive = try InstanceArchive(scenario.configuration, fileSystem: scenario.disk)
        do {
            let first = try archive.begin(Sample().meta)
            let second = try archive.begin(Sample().meta)
            let error = #expect(throws: ArchiveError.self) { _ = try archive.begin(Sample().meta) }
            #expect(error?.kind == .io(EMFILE))
            _ = (first.dataSetLength, second.dataSetLength)
        }
        #expect(scenario.disk.openCount == 4)
    }

    /// After a failed write, the rest of the data set and the commit fail with the same error, and nothing is left.
    @Test("stays failed") func staysFailed() throws {
        let scenario = scenario()
        let archive = try InstanceArchive(scenario.configuration, fileSystem: scenario.disk)
        var pending = try archive.begin(Sample().meta)
        scenario.disk.fail(with: FaultPlan(once: [scenario.disk.operationCount + 1: .error(ENOSPC)]))
        var errors: [ArchiveError] = []
        for _ in 1...2 {
            [UInt8](repeating: 1, count: 10).withUnsafeBytes { bytes in
                do throws(ArchiveError) { try pending.append(bytes) } catch { errors.append(error) }
            }
        }
        let box = Box<Result<StoredInstance, ArchiveError>>()
        archive.commit(pending, as: Sample().keys, digest: Sample().digest()) { box.value = $0 }
        #expect(errors.map(\.kind) == [.outOfSpace, .outOfSpace])
        #expect(throws: ArchiveError.self) { try box.value?.get() }
        #expect(Array(scenario.disk.files(below: "/archive").keys) == [".dicom-node/marker"])
    }
}
