import Archive
import Glibc
import Instances
import TestSupport
import Testing

/// The archive's own directory, when others tidy it or put something there.
@Suite struct OwnDirectoryTests {
    let directory: TemporaryDirectory
    let remarks = Remarks()
    var path: String { "\(directory.path)/archive" }
    var own: String { "\(path)/.dicom-node" }

    init() throws { directory = try TemporaryDirectory() }

    private func open(_ duplicates: DuplicatePolicy = .keepBoth) throws -> InstanceArchive {
        try .again(ArchiveConfiguration(path: directory.archive, duplicates: duplicates), report: remarks.report)
    }

    @Test("incoming is made again when it was removed", arguments: [DuplicatePolicy.keepBoth, .replace]) func incoming(
        _ policy: DuplicatePolicy
    ) throws {
        let archive = try open(policy)
        try archive.file(Sample())
        run("find \(path) -type d -empty -delete")
        #expect(output("ls \(own)") == ["marker"])
        try archive.file(Sample("1.2.3", "other"))
        try archive.file(Sample("1.2.4"))
        #expect(try directory.files().count == (policy == .replace ? 2 : 3))
        // Nameless files need it for a replacement only.
        let warned = remarks.all.filter { $0.level == .warning }.map(\.description)
        #expect(warned == (policy == .replace ? ["\(own)/incoming was removed, and is made again"] : []))
    }

    @Test("the marker is made again where the disk is there") func marker() throws {
        let archive = try open()
        try archive.file(Sample())
        run("rm -r \(own)")
        try archive.file(Sample("1.2.4"))
        #expect(output("ls \(own)") == ["marker"])
        #expect(
            remarks.all.filter { $0.level == .warning }.map(\.description) == [
                "\(own)/marker was removed, and is made again"
            ]
        )
        #expect(throws: ArchiveError.self) { try InstanceArchive(ArchiveConfiguration(path: directory.archive)) }
    }

    @Test("nothing is written while the disk is gone") func gone() throws {
        let archive = try open()
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
        #expect(try directory.files() == ["1.2/1.2.9/1.2.4.dcm"])
    }

    @Test("what an earlier process left is removed, and what it cannot have made is left alone") func others() throws {
        do { _ = try open() }
        let others = ["@eaDir/x", "notes.txt", "7-.tmp", "7-8.tmp.bak", "3-4.tmp/x"]
        for name in others { run("mkdir -p \"$(dirname \(own)/incoming/\(name))\"; touch \(own)/incoming/\(name)") }
        run("ln -s /etc \(own)/incoming/5-6.tmp; touch \(own)/incoming/1-2.tmp")
        let archive = try open()
        try archive.file(Sample())
        #expect(try directory.leftovers().sorted() == (others + ["5-6.tmp"]).sorted())
        let remark = try #require(remarks.all.first { $0.description.contains("left alone") })
        #expect(remark.level == .information)
        #expect(remark.description.contains("and 3 more in \(own)/incoming"), "\(remark)")
    }
}
