import Archive
import Glibc
import Instances
import SystemPackage
import TestSupport
import Testing

/// Records of services: whole or absent, and there when the call has returned.
@Suite struct RecordsTests {
    private static let configuration = ArchiveConfiguration(path: "/archive", initialize: true)
    private static let old = [UInt8](repeating: 1, count: 5_000)
    private static let new = [UInt8](repeating: 2, count: 9_000)

    private func records(_ disk: any FileSystem) throws -> LocalRecords {
        LocalRecords(
            "things",
            of: LocalArchive(onCallingThread: try InstanceArchive(Self.configuration, fileSystem: disk))
        )
    }

    @Test("what is put is there, is replaced, and is gone when it was removed", arguments: [false, true])
    func roundTrip(hasNamelessFiles: Bool) async throws {
        var traits = SimulatedDisk.Traits()
        traits.hasNamelessFiles = hasNamelessFiles
        let disk = SimulatedDisk(seed: 1, traits: traits)
        let records = try records(disk)
        #expect(try await records.names() == [])
        #expect(try await records.record("A-1", atMost: 10) == nil)
        try await records.remove("A-1")
        try await records.put(Self.old, as: "A-1")
        try await records.put(Self.new, as: "B-2")
        try await records.put(Self.new, as: "A-1")
        #expect(try await records.names().sorted() == ["A-1", "B-2"])
        #expect(try await records.record("A-1", atMost: 1 << 20) == Self.new)
        #expect(try await records.record("A-1", atMost: 10) == Array(Self.new.prefix(10)))
        try await records.remove("A-1")
        #expect(try await records.names() == ["B-2"])
        #expect(disk.files(below: "/archive").keys.allSatisfy { !$0.contains("incoming/") })
    }

    @Test("what is no record is not listed")
    func others() async throws {
        let directory = try TemporaryDirectory()
        let configuration = ArchiveConfiguration(path: directory.archive)
        let archive = LocalArchive(onCallingThread: try InstanceArchive(configuration))
        let records = LocalRecords("things", of: archive)
        try await records.put(Self.old, as: "A")
        run("touch '\(directory.path)/archive/.dicom-node/things/'{.hidden,a.txt,'x y'}")
        #expect(try await records.names() == ["A"])
    }

    /// The machine stops before and after the Nth operation of a first record, and of one that replaces it.
    @Test(
        "a crash at any operation leaves a record as it was or as it was to be",
        arguments: SimulatedDisk.Crash.allCases
    )
    func crash(_ crash: SimulatedDisk.Crash) async throws {
        for isDone in [false, true] {
            var operation = 0
            while true {
                operation += 1
                let disk = SimulatedDisk(seed: UInt64(operation))
                let records = try records(disk)
                let start = disk.operationCount
                disk.fail(with: FaultPlan(once: [start + operation: .crash(isDone: isDone)]))
                var acknowledged: [UInt8]? = nil
                do {
                    try await records.put(Self.old, as: "A")
                    acknowledged = Self.old
                    try await records.put(Self.new, as: "A")
                    acknowledged = Self.new
                } catch {}
                guard disk.hasCrashed else { break }
                disk.restart(after: crash)
                let found = try await self.records(disk).record("A", atMost: 1 << 20)
                let allowed: [[UInt8]?] =
                    switch acknowledged {
                    case nil: [nil, Self.old]
                    case Self.old?: [Self.old, Self.new]
                    default: [Self.new]
                    }
                #expect(allowed.contains(found), "operation \(operation), done: \(isDone)")
            }
            #expect(operation > 15)
        }
    }

    @Test(
        "a fault at any operation is told, or the record is durable",
        arguments: [FaultPlan.Fault.error(EIO), .error(ENOSPC), .shortWrite, .interruption]
    )
    func fault(_ fault: FaultPlan.Fault) async throws {
        var operation = 0
        while true {
            operation += 1
            let disk = SimulatedDisk(seed: UInt64(operation))
            let records = try records(disk)
            let start = disk.operationCount
            disk.fail(with: FaultPlan(once: [start + operation: fault]))
            var isAcknowledged = true
            do { try await records.put(Self.new, as: "A") } catch { isAcknowledged = false }
            let count = disk.operationCount
            // And once more: what a failed attempt has made is not taken for durable.
            if !isAcknowledged {
                do {
                    try await records.put(Self.new, as: "A")
                    isAcknowledged = true
                } catch {}
            }
            disk.restart(after: .powerLosingAll)
            if isAcknowledged {
                #expect(try await self.records(disk).record("A", atMost: 1 << 20) == Self.new, "operation \(operation)")
            }
            guard count >= start + operation else { break }
        }
        #expect(operation > 8)
    }
}
