import Archive
import TestSupport
import Testing

/// A file made ahead is as good as one that is made when the instance comes.
@Suite struct SpareFileTests {
    private static func disk(hasNamelessFiles: Bool) -> SimulatedDisk {
        var traits = SimulatedDisk.Traits()
        traits.hasNamelessFiles = hasNamelessFiles
        return SimulatedDisk(seed: 1, traits: traits)
    }

    private static func file(_ sample: Sample, in spare: SpareFile?, of archive: InstanceArchive) throws -> String {
        var pending = try archive.begin(sample.meta, in: spare)
        try sample.dataSet.withUnsafeBytes { try pending.append($0) }
        let box = Box<Result<StoredInstance, ArchiveError>>()
        archive.commit(pending, as: sample.keys, digest: sample.digest()) { box.value = $0 }
        return try #require(try box.value?.get().path)
    }

    @Test("it spares the making", arguments: [true, false], SyncPolicy.allCases)
    func spares(hasNamelessFiles: Bool, sync: SyncPolicy) throws {
        let disk = Self.disk(hasNamelessFiles: hasNamelessFiles)
        let archive = try InstanceArchive(
            ArchiveConfiguration(path: "/archive", sync: sync, initialize: true),
            fileSystem: disk
        )
        try archive.file(Sample("1.2.3"))
        var before = disk.operationCount
        try archive.file(Sample("1.2.4"))
        let usual = disk.operationCount - before
        let spare = try #require(archive.spare())
        before = disk.operationCount
        #expect(try Self.file(Sample("1.2.5"), in: spare, of: archive) == "1.2/1.2.9/1.2.5.dcm")
        #expect(disk.operationCount - before == usual - 1)
    }

    @Test("nothing is left of one that is not used", arguments: [true, false])
    func unused(hasNamelessFiles: Bool) throws {
        let disk = Self.disk(hasNamelessFiles: hasNamelessFiles)
        let archive = try InstanceArchive(ArchiveConfiguration(path: "/archive", initialize: true), fileSystem: disk)
        let (open, files) = (disk.openCount, disk.files(below: "/archive"))
        _ = try #require(archive.spare())
        #expect(disk.openCount == open && disk.files(below: "/archive") == files)
    }

    @Test("one of a disk that was exchanged is left alone")
    func exchangedDisk() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/archive"
        _ = try InstanceArchive(ArchiveConfiguration(path: "\(directory.path)/other"))
        let archive = try InstanceArchive(ArchiveConfiguration(path: path))
        let spare = try #require(archive.spare())
        run("mv \(path) \(path).away; mv \(directory.path)/other \(path)")
        #expect(try Self.file(Sample(), in: spare, of: archive) == "1.2/1.2.9/1.2.3.dcm")
        #expect(directory.files() == ["1.2/1.2.9/1.2.3.dcm"])
    }

    @Test("where none can be made there is none, and the next instance is told why")
    func full() throws {
        var traits = SimulatedDisk.Traits()
        traits.descriptorsMax = 20
        let disk = SimulatedDisk(seed: 1, traits: traits)
        let archive = try InstanceArchive(ArchiveConfiguration(path: "/archive", initialize: true), fileSystem: disk)
        var spares: [SpareFile] = []
        while let spare = archive.spare() { spares.append(spare) }
        #expect(!spares.isEmpty && disk.openCount == 20)
        #expect(throws: ArchiveError.self) { try archive.file(Sample()) }
    }
}
