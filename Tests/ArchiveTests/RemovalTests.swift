import Archive
import Instances
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Files that are removed while nothing, or a node, writes to the archive.
@Suite struct RemovalTests {
    private static let configuration = ArchiveConfiguration(path: "/archive", initialize: true)

    private static func target(_ uid: String, _ path: String? = nil) -> ArchiveRemoval.Target {
        ArchiveRemoval.Target(path: path ?? "1.2/1.2.9/\(uid).dcm", sopInstanceUID: uid)
    }

    /// What a removal tells, all together.
    private static func remove(
        _ targets: [ArchiveRemoval.Target],
        on disk: SimulatedDisk
    ) throws -> (removed: [String], kept: [String]) {
        var removed: [String] = []
        var kept: [String] = []
        try ArchiveRemoval("/archive", fileSystem: disk).remove(targets) { outcome in
            removed += outcome.removed.map(\.path)
            kept += outcome.kept.map(\.target.path)
        }
        return (removed, kept)
    }

    private static func instances(_ disk: SimulatedDisk) -> [String] {
        disk.files(below: "/archive").keys.filter { !$0.contains(".dicom-node") }.sorted()
    }

    private static func ofOtherSeries(_ uid: String) -> Sample {
        var sample = Sample(uid)
        sample.keys.seriesInstanceUID = "1.2.10"
        return sample
    }

    @Test("what is named goes, with the folders that are empty then, and all else stays")
    func removes() throws {
        let disk = SimulatedDisk(seed: 1)
        let archive = try InstanceArchive(Self.configuration, fileSystem: disk)
        for uid in ["1.2.3", "1.2.4"] { try archive.file(Sample(uid)) }
        try archive.file(Self.ofOtherSeries("1.2.5"))
        let first = try Self.remove([Self.target("1.2.3"), Self.target("1.2.5", "1.2/1.2.10/1.2.5.dcm")], on: disk)
        #expect(first.removed.count == 2 && first.kept.isEmpty)
        #expect(Self.instances(disk).count == 1)
        #expect(throws: SystemError(code: 2)) { try disk.status(ofPath: "/archive/1.2/1.2.10") }
        _ = try Self.remove([Self.target("1.2.4")], on: disk)
        #expect(throws: SystemError(code: 2)) { try disk.status(ofPath: "/archive/1.2") }
        // What is gone is as gone as one could wish.
        #expect(try Self.remove([Self.target("1.2.4")], on: disk).removed == ["1.2/1.2.9/1.2.4.dcm"])
        try archive.file(Sample("1.2.6"))
        #expect(Self.instances(disk).count == 1)
    }

    @Test("a file that holds another instance stays, and so does what is no path of an archive")
    func keepsOthers() throws {
        let disk = SimulatedDisk(seed: 1)
        let archive = try InstanceArchive(Self.configuration, fileSystem: disk)
        try archive.file(Sample("1.2.3"))
        let wrong = [
            Self.target("1.2.99", "1.2/1.2.9/1.2.3.dcm"), Self.target("1.2.3", ".dicom-node/marker"),
            Self.target("1.2.3", "../archive/1.2/1.2.9/1.2.3.dcm"), Self.target("1.2.3", "1.2//1.2.9/1.2.3.dcm"),
        ]
        let outcome = try Self.remove(wrong, on: disk)
        #expect(outcome.removed.isEmpty && outcome.kept.count == wrong.count)
        #expect(Self.instances(disk).count == 1)
    }

    /// The folder vanishes before and after each operation with which an instance is filed in it.
    @Test(
        "an instance that arrives is filed, whenever its folder is removed",
        arguments: SyncPolicy.allCases,
        [true, false]
    )
    func removedMeanwhile(sync: SyncPolicy, hasNamelessFiles: Bool) throws {
        for number in 1... {
            var traits = SimulatedDisk.Traits()
            traits.hasNamelessFiles = hasNamelessFiles
            let disk = SimulatedDisk(seed: 1, traits: traits)
            var configuration = Self.configuration
            configuration.sync = sync
            let archive = try InstanceArchive(configuration, fileSystem: disk)
            try archive.file(Sample("1.2.3"))
            let operation = Atomic(0)
            disk.onOperation {
                guard operation.wrappingAdd(1, ordering: .relaxed).newValue == number else { return }
                _ = try? Self.remove([Self.target("1.2.3")], on: disk)
            }
            let stored = try archive.file(Sample("1.2.4"))
            disk.onOperation(nil)
            #expect(stored.path == "1.2/1.2.9/1.2.4.dcm", "operation \(number)")
            #expect(Self.instances(disk).filter { $0.contains("1.2.4") }.count == 1, "operation \(number)")
            disk.restart(after: .powerLosingAll)
            if sync == .always {
                #expect(Self.instances(disk).filter { $0.contains("1.2.4") }.count == 1, "operation \(number)")
            }
            guard operation.load(ordering: .relaxed) >= number else { return #expect(number > 6) }
        }
    }

    @Test("a crash at any operation leaves whole instances or none", arguments: SimulatedDisk.Crash.allCases)
    func crash(crash: SimulatedDisk.Crash) throws {
        for isDone in [false, true] {
            var number = 1
            while true {
                let disk = SimulatedDisk(seed: UInt64(number))
                let samples = [Sample("1.2.3"), Sample("1.2.4"), Self.ofOtherSeries("1.2.5")]
                do {
                    let archive = try InstanceArchive(Self.configuration, fileSystem: disk)
                    for sample in samples { try archive.file(sample) }
                }
                let before = disk.files(below: "/archive").filter { !$0.key.contains(".dicom-node") }
                disk.fail(with: FaultPlan(once: [disk.operationCount + number: .crash(isDone: isDone)]))
                let removed = try? Self.remove(
                    [Self.target("1.2.3"), Self.target("1.2.4"), Self.target("1.2.5", "1.2/1.2.10/1.2.5.dcm")],
                    on: disk
                ).removed
                let hasCrashed = disk.hasCrashed
                disk.restart(after: crash)
                let left = disk.files(below: "/archive").filter { !$0.key.contains(".dicom-node") }
                #expect(left.allSatisfy { before[$0.key] == $0.value }, "operation \(number)")
                if removed != nil { #expect(left.isEmpty, "operation \(number)") }
                // The rest goes with the next one.
                _ = try Self.remove(
                    [Self.target("1.2.3"), Self.target("1.2.4"), Self.target("1.2.5", "1.2/1.2.10/1.2.5.dcm")],
                    on: disk
                )
                disk.restart(after: .powerLosingAll)
                #expect(Self.instances(disk) == [], "operation \(number)")
                guard hasCrashed else { break }
                number += 1
            }
            #expect(number > 10)
        }
    }
}
