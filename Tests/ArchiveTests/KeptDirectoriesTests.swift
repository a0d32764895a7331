import Archive
import Instances
import SystemPackage
import TestSupport
import Testing

/// Directories are kept open between batches; whatever becomes of one meanwhile, instances go where their path says.
@Suite struct KeptDirectoriesTests {
    let directory: TemporaryDirectory
    let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = "\(directory.path)/archive"
    }

    private func archiveWithOne(_ sync: SyncPolicy) throws -> InstanceArchive {
        let archive = try InstanceArchive(ArchiveConfiguration(path: FilePath(path), sync: sync))
        try archive.file(Sample("1.2.3"))
        #expect(try directory.files() == ["1.2/1.2.9/1.2.3.dcm"])
        return archive
    }

    @Test("a series that was moved away is begun anew", arguments: SyncPolicy.allCases)
    func movedSeries(sync: SyncPolicy) throws {
        let archive = try archiveWithOne(sync)
        run("mv \(path)/1.2/1.2.9 \(directory.path)/aside")
        try archive.file(Sample("1.2.4"))
        #expect(try directory.files() == ["1.2/1.2.9/1.2.4.dcm"])
        #expect(try directory.files(below: "aside") == ["1.2.3.dcm"])
    }

    @Test("a study that was moved away is begun anew", arguments: SyncPolicy.allCases)
    func movedStudy(sync: SyncPolicy) throws {
        let archive = try archiveWithOne(sync)
        run("mv \(path)/1.2 \(directory.path)/aside")
        try archive.file(Sample("1.2.4"))
        #expect(try directory.files() == ["1.2/1.2.9/1.2.4.dcm"])
        #expect(try directory.files(below: "aside") == ["1.2.9/1.2.3.dcm"])
    }

    @Test("a series that was deleted is begun anew", arguments: SyncPolicy.allCases)
    func deletedSeries(sync: SyncPolicy) throws {
        let archive = try archiveWithOne(sync)
        run("rm -r \(path)/1.2")
        try archive.file(Sample("1.2.4"))
        #expect(try directory.files() == ["1.2/1.2.9/1.2.4.dcm"])
    }

    @Test("nothing is written while the disk is gone, and all is well when it is back", arguments: SyncPolicy.allCases)
    func diskGone(sync: SyncPolicy) throws {
        let archive = try archiveWithOne(sync)
        let pending = try archive.begin(Sample("1.2.4").meta)
        run("mv \(path) \(path).away; mkdir \(path)")
        let box = Box<Result<StoredInstance, ArchiveError>>()
        archive.commit(pending, as: Sample("1.2.4").keys, digest: Sample("1.2.4").digest()) { box.value = $0 }
        let error = #expect(throws: ArchiveError.self) { try box.value?.get() }
        #expect(error?.kind == .unavailable)
        #expect(output("ls -A \(path)") == [])
        run("rmdir \(path); mv \(path).away \(path)")
        try archive.file(Sample("1.2.4"))
        #expect(try directory.files() == ["1.2/1.2.9/1.2.3.dcm", "1.2/1.2.9/1.2.4.dcm"])
    }

    @Test("what was kept of one disk is not used on another", arguments: SyncPolicy.allCases)
    func exchangedDisk(sync: SyncPolicy) throws {
        _ = try InstanceArchive(ArchiveConfiguration(path: FilePath("\(directory.path)/other")))
        let archive = try archiveWithOne(sync)
        run("mv \(path) \(path).away; mv \(directory.path)/other \(path)")
        try archive.file(Sample("1.2.4"))
        #expect(try directory.files() == ["1.2/1.2.9/1.2.4.dcm"])
        #expect(try directory.files(below: "archive.away") == ["1.2/1.2.9/1.2.3.dcm"])
    }

    @Test("however many series come, few stay open")
    func bounded() throws {
        let disk = SimulatedDisk(seed: 1)
        let archive = try InstanceArchive(ArchiveConfiguration(path: "/archive", initialize: true), fileSystem: disk)
        for number in 0..<40 {
            var sample = Sample("1.2.3.\(number)")
            sample.keys.seriesInstanceUID = "1.2.9.\(number % 20)"
            try archive.file(sample)
        }
        #expect(disk.openCount == InstanceArchive.restingDescriptorsMax)
    }

    @Test("an instance of the same series costs no more openings of directories", arguments: SyncPolicy.allCases)
    func opensNothing(sync: SyncPolicy) throws {
        let disk = SimulatedDisk(seed: 1)
        let archive = try InstanceArchive(
            ArchiveConfiguration(path: "/archive", sync: sync, initialize: true),
            fileSystem: disk
        )
        try archive.file(Sample("1.2.3"))
        let before = disk.operationCount
        try archive.file(Sample("1.2.4"))
        // Status of the marker, file, writing, digest, status of the marker, of the directory, link; and with syncs two
        // syncs, and the making of a file after them.
        #expect(disk.operationCount - before == (sync == .always ? 10 : 7))
        // Two series in turn.
        try archive.file(Self.ofOtherSeries("1.2.5"))
        let afterOther = disk.operationCount
        try archive.file(Sample("1.2.6"))
        #expect(disk.operationCount - afterOther == (sync == .always ? 10 : 7))
    }

    private static func ofOtherSeries(_ sopInstanceUID: String) -> Sample {
        var sample = Sample(sopInstanceUID)
        sample.keys.seriesInstanceUID = "1.2.10"
        return sample
    }
}
