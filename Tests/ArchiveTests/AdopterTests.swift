import Archive
import Instances
import SystemPackage
import TestSupport
import Testing

/// Two processes that file instances in one archive: a node, and one that adopts files.
@Suite struct AdopterTests {
    private static func configuration(_ role: ArchiveRole) -> ArchiveConfiguration {
        var configuration = ArchiveConfiguration(path: "/archive", initialize: true)
        configuration.role = role
        return configuration
    }

    private static func instances(_ disk: SimulatedDisk) -> [String] {
        disk.files(below: "/archive").keys.filter { !$0.contains(".dicom-node") }.sorted()
    }

    @Test("one of each may be at work, in any order, and no second one", arguments: [true, false])
    func locks(nodeIsFirst: Bool) throws {
        let disk = SimulatedDisk(seed: 1)
        let roles: [ArchiveRole] = nodeIsFirst ? [.node, .adopter] : [.adopter, .node]
        let archives = try roles.map { try InstanceArchive(Self.configuration($0), fileSystem: disk) }
        for role in roles {
            let error = #expect(throws: ArchiveError.self) {
                _ = try InstanceArchive(Self.configuration(role), fileSystem: disk)
            }
            #expect(error?.kind == .inUse)
        }
        try archives[0].file(Sample("1.2.3"))
        try archives[1].file(Sample("1.2.4"))
        #expect(try archives[0].file(Sample("1.2.4")).outcome == .identical)
        #expect(try archives[1].file(Sample("1.2.3")).outcome == .identical)
        #expect(try archives[1].file(Sample("1.2.3", "other bytes")).outcome == .keptBeside(copy: 2))
        #expect(Self.instances(disk).count == 3)
    }

    @Test("neither clears away what the other is writing", arguments: [ArchiveRole.node, .adopter])
    func incoming(first: ArchiveRole) throws {
        var traits = SimulatedDisk.Traits()
        traits.hasNamelessFiles = false
        let disk = SimulatedDisk(seed: 1, traits: traits)
        let archive = try InstanceArchive(Self.configuration(first), fileSystem: disk)
        var pending = try archive.begin(Sample().meta)
        try Array("the data".utf8).withUnsafeBytes { bytes in
            Result { () throws(ArchiveError) in try pending.append(bytes) }
        }.get()
        _ = try InstanceArchive(Self.configuration(first == .node ? .adopter : .node), fileSystem: disk)
        try Array(" set's bytes".utf8).withUnsafeBytes { bytes in
            Result { () throws(ArchiveError) in try pending.append(bytes) }
        }.get()
        var sample = Sample()
        sample.dataSet = Array("the data set's bytes".utf8)
        let box = Box<Result<StoredInstance, ArchiveError>>()
        archive.commit(pending, as: sample.keys, digest: sample.digest()) { box.value = $0 }
        #expect(throws: Never.self) { try box.value?.get() }
        #expect(Self.instances(disk).count == 1)
    }

    /// Because a node may have answered 0000H for it since.
    @Test("an adopter takes back no name whose folder it could not sync")
    func takesNothingBack() throws {
        var answered = 0
        for number in 1...40 {
            let disk = SimulatedDisk(seed: 1)
            let node = try InstanceArchive(Self.configuration(.node), fileSystem: disk)
            let adopter = try InstanceArchive(Self.configuration(.adopter), fileSystem: disk)
            disk.fail(with: FaultPlan(once: [disk.operationCount + number: .error(5)]))
            let failed = (try? adopter.file(Sample())) == nil
            disk.heal()
            let isThere = !Self.instances(disk).isEmpty
            guard failed, isThere else { continue }
            // What failed is told to the node too, once.
            let answer = (try? node.file(Sample())) ?? (try? node.file(Sample()))
            guard let answer else { continue }
            #expect(answer.outcome == .identical)
            answered += 1
            // The next batch is where a node would take back what is in doubt.
            _ = try? adopter.file(Sample("1.2.77"))
            disk.restart(after: .powerLosingAll)
            #expect(Self.instances(disk).contains { $0.hasSuffix("1.2.3.dcm") }, "operation \(number)")
        }
        #expect(answered > 0)
    }

    /// The folder is removed, and made again by another process that has not synced it yet.
    @Test("a folder of the same name is another folder, and is synced anew")
    func exchangedFolder() throws {
        let disk = SimulatedDisk(seed: 1)
        let node = try InstanceArchive(Self.configuration(.node), fileSystem: disk)
        // More folders than are kept open.
        for number in 0..<20 {
            var sample = Sample("1.2.3.\(number)")
            sample.keys.seriesInstanceUID = "1.2.9.\(number)"
            try node.file(sample)
        }
        let target = ArchiveRemoval.Target(path: "1.2/1.2.9.0/1.2.3.0.dcm", sopInstanceUID: "1.2.3.0")
        try ArchiveRemoval("/archive", fileSystem: disk).remove([target]) { _ in }
        try disk.makeDirectory(at: "/archive/1.2/1.2.9.0")
        var sample = Sample("1.2.3.100")
        sample.keys.seriesInstanceUID = "1.2.9.0"
        try node.file(sample)
        disk.restart(after: .powerLosingAll)
        #expect(Self.instances(disk).contains { $0.hasSuffix("1.2.9.0/1.2.3.100.dcm") })
    }
}
