import Archive
import Instances
import SystemPackage
import TestSupport
import Testing

/// Instances found by walking the archive, whatever the layout was when they came.
@Suite struct FileSearchTests {
    @Test("every copy is found, below every layout, and nothing else")
    func copies() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/archive"
        let layouts = [
            "{StudyInstanceUID}/{SOPInstanceUID}.dcm", "{SOPInstanceUID:hash}", "a/b/c/IMG-{SOPInstanceUID}.ima",
            "{SOPInstanceUID}/{SOPInstanceUID}.dcm",
        ]
        for layout in layouts {
            let archive = try InstanceArchive.again(
                ArchiveConfiguration(path: directory.archive, layout: try Layout(layout))
            )
            try archive.file(Sample("1.2.3"))
            try archive.file(Sample("1.2.3", "other bytes"))
            try archive.file(Sample("1.2.30"))
            try archive.file(Sample("1.2.3_x"))
        }
        run("cd \(path); echo text > text; ln -s text link.dcm; mkdir -p empty; touch 9.9.dcm; ln -s . loop")
        let archive = LocalArchive(
            onCallingThread: try InstanceArchive.again(ArchiveConfiguration(path: directory.archive))
        )
        let found = try await archive.copies(of: ["1.2.3", "1.2.3_x", "1.2.4"])
        #expect(found.keys.sorted() == ["1.2.3", "1.2.3_x"])
        let copies = try #require(found["1.2.3"])
        #expect(copies.count == 2 * layouts.count)
        #expect(copies.first == "1.2/1.2.3.dcm")
        #expect(found["1.2.3_x"]?.count == layouts.count)
        for copy in copies {
            #expect(try await archive.open(copy).head.mediaStorageSOPInstanceUID == "1.2.3", "\(copy)")
        }
    }

    @Test("an empty archive has none")
    func empty() async throws {
        let directory = try TemporaryDirectory()
        let archive = LocalArchive(
            onCallingThread: try InstanceArchive(ArchiveConfiguration(path: directory.archive))
        )
        #expect(try await archive.copies(of: ["1.2.3"]).isEmpty)
    }

    @Test("a directory that cannot be listed makes the search say that it does not know")
    func refused() async throws {
        let disk = SimulatedDisk(seed: 1)
        let configuration = ArchiveConfiguration(path: "/archive", initialize: true)
        let archive = try InstanceArchive(configuration, fileSystem: disk)
        try archive.file(Sample("1.2.3"))
        disk.refuse(["names": 5])
        let store = LocalArchive(onCallingThread: archive)
        await #expect(throws: StoreError.self) { _ = try await store.copies(of: ["1.2.3"]) }
        disk.refuse([:])
        #expect(try await store.copies(of: ["1.2.3"])["1.2.3"] == ["1.2/1.2.9/1.2.3.dcm"])
    }

    @Test("with sync: never, an instance is on stable storage when it was secured")
    func secure() async throws {
        let disk = SimulatedDisk(seed: 1)
        let configuration = ArchiveConfiguration(path: "/archive", sync: .never, initialize: true)
        let archive = try InstanceArchive(configuration, fileSystem: disk)
        try archive.file(Sample("1.2.3"))
        let store = LocalArchive(onCallingThread: archive)
        let object = try await store.open("1.2/1.2.9/1.2.3.dcm")
        #expect(object.keptDigest == KeptDigest(algorithm: .xxh3, value: Sample().digest().value() ?? ""))
        try await object.secure()
        disk.restart(after: .powerLosingAll)
        let again = LocalArchive(onCallingThread: try InstanceArchive(configuration, fileSystem: disk))
        #expect(try await again.copies(of: ["1.2.3"])["1.2.3"] == ["1.2/1.2.9/1.2.3.dcm"])
        #expect(try await again.open("1.2/1.2.9/1.2.3.dcm").dataSetLength == 20)
    }
}
