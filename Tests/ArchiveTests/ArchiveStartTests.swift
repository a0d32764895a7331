import Archive
import Instances
import Testing

/// Where an archive may be opened.
@Suite struct ArchiveStartTests {
    let directory: TemporaryDirectory
    var path: String { "\(directory.path)/archive" }

    init() throws { directory = try TemporaryDirectory() }

    @Test func makesADirectoryThatDoesNotExist() throws {
        try InstanceArchive(ArchiveConfiguration(path: path)).file(Sample())
        try InstanceArchive.again(ArchiveConfiguration(path: path)).file(Sample("1.2.4"))
        #expect(directory.files().count == 2)
    }

    @Test func makesOnlyTheLastComponent() throws {
        let error = #expect(throws: ArchiveError.self) {
            try InstanceArchive(ArchiveConfiguration(path: "\(path)/not/there"))
        }
        #expect(error?.kind == .io(2))
    }

    @Test func refusesAnEmptyDirectoryThatIsNoArchive() throws {
        run("mkdir \(path)")
        let error = #expect(throws: ArchiveError.self) { try InstanceArchive(ArchiveConfiguration(path: path)) }
        #expect(error?.kind == .notInitialized)
        #expect(output("ls -A \(path)") == [])
        try InstanceArchive(ArchiveConfiguration(path: path, initialize: true)).file(Sample())
        try InstanceArchive.again(ArchiveConfiguration(path: path)).file(Sample("1.2.4"))
        #expect(directory.files().count == 2)
    }

    @Test func refusesASecondProcess() throws {
        let first = try InstanceArchive(ArchiveConfiguration(path: path))
        let error = #expect(throws: ArchiveError.self) { try InstanceArchive(ArchiveConfiguration(path: path)) }
        #expect(error?.kind == .inUse)
        try first.file(Sample())
    }

    @Test func writesNothingWhileTheMarkerIsGone() throws {
        let archive = try InstanceArchive(ArchiveConfiguration(path: path))
        let pending = try archive.begin(Sample().meta)
        run("mv \(path) \(path).away; mkdir \(path)")
        let begun = #expect(throws: ArchiveError.self) { try archive.file(Sample("1.2.4")) }
        #expect(begun?.kind == .unavailable)
        let box = Box<Result<StoredInstance, ArchiveError>>()
        archive.commit(pending, as: Sample().keys, digest: Sample().digest()) { box.value = $0 }
        #expect(throws: ArchiveError.self) { try box.value?.get() }
        #expect(output("ls -A \(path)") == [])
        run("rmdir \(path); mv \(path).away \(path)")
        try archive.file(Sample("1.2.4"))
        #expect(directory.files() == ["1.2/1.2.9/1.2.4.dcm"])
    }

    @Test func opensAnotherDiskFoundInItsPlace() throws {
        _ = try InstanceArchive(ArchiveConfiguration(path: "\(directory.path)/other"))
        let archive = try InstanceArchive(ArchiveConfiguration(path: path))
        run("mv \(path) \(path).away; mv \(directory.path)/other \(path)")
        try archive.file(Sample())
        #expect(directory.files() == ["1.2/1.2.9/1.2.3.dcm"])
        #expect(directory.files(below: "archive.away") == [])
    }
}
