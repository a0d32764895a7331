import Archive
import Glibc
import Instances
import SystemPackage
import TestSupport
import Testing

/// The archive on the real file system.
@Suite struct InstanceArchiveTests {
    let directory: TemporaryDirectory
    let archive: InstanceArchive

    init() throws {
        directory = try TemporaryDirectory()
        archive = try InstanceArchive(ArchiveConfiguration(path: directory.archive))
    }

    @Test("files an instance under its UIDs") func filesAnInstanceUnderItsUIDs() throws {
        let sample = Sample()
        let stored = try archive.file(sample)
        #expect(stored == StoredInstance(path: "1.2/1.2.9/1.2.3.dcm", outcome: .stored))
        #expect(try directory.files() == ["1.2/1.2.9/1.2.3.dcm"])
        let bytes = try contents(of: "\(directory.path)/archive/\(stored.path)")
        #expect(bytes == sample.meta.encoded() + sample.dataSet)
        #expect(try directory.leftovers() == [])
    }

    @Test("writes many slices in order") func writesManySlicesInOrder() throws {
        let sample = Sample()
        let parts = (0..<3000).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: $0 % 7) }
        var pending = try archive.begin(sample.meta)
        let all = parts.flatMap { $0 }
        all.withUnsafeBytes { bytes in
            var offset = 0
            let slices = parts.map { part in
                defer { offset += part.count }
                return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + part.count])
            }
            slices.withUnsafeBufferPointer { slices in
                #expect(throws: Never.self) { try pending.append(slices) }
            }
        }
        archive.commit(pending, as: sample.keys, digest: sample.digest()) { _ in }
        #expect(try contents(of: "\(directory.path)/archive/1.2/1.2.9/1.2.3.dcm") == sample.meta.encoded() + all)
    }

    @Test("files an empty data set as its head") func filesAnEmptyDataSetAsItsHead() throws {
        let sample = Sample("1.2.3", "")
        try archive.file(sample)
        #expect(try contents(of: "\(directory.path)/archive/1.2/1.2.9/1.2.3.dcm") == sample.meta.encoded())
    }

    @Test("leaves nothing of what is not committed") func leavesNothingOfWhatIsNotCommitted() throws {
        do {
            let sample = Sample()
            var pending = try archive.begin(sample.meta)
            sample.dataSet.withUnsafeBytes { bytes in
                #expect(throws: Never.self) { try pending.append(bytes) }
            }
        }
        #expect(try directory.files() == [])
        #expect(try directory.leftovers() == [])
    }

    @Test("answers the same bytes without a second file") func answersTheSameBytesWithoutASecondFile() throws {
        try archive.file(Sample())
        var again = Sample()
        again.keys.attributes = ["PatientID": "7"]
        #expect(try archive.file(again).outcome == .identical)
        #expect(try directory.files() == ["1.2/1.2.9/1.2.3.dcm"])
    }

    @Test("keeps other bytes beside the first") func keepsOtherBytesBesideTheFirst() throws {
        try archive.file(Sample("1.2.3", "one"))
        #expect(try archive.file(Sample("1.2.3", "two")).outcome == .keptBeside(copy: 2))
        #expect(try archive.file(Sample("1.2.3", "three")).outcome == .keptBeside(copy: 3))
        #expect(
            try archive.file(Sample("1.2.3", "two"))
                == StoredInstance(path: "1.2/1.2.9/1.2.3~2.dcm", outcome: .identical)
        )
        #expect(try directory.files() == ["1.2/1.2.9/1.2.3.dcm", "1.2/1.2.9/1.2.3~2.dcm", "1.2/1.2.9/1.2.3~3.dcm"])
    }

    @Test("keeps the same bytes in another transfer syntax beside the first")
    func keepsTheSameBytesInAnotherTransferSyntaxBesideTheFirst() throws {
        try archive.file(Sample())
        var other = Sample()
        other.transferSyntaxUID = "1.2.840.10008.1.2"
        #expect(try archive.file(other).outcome == .keptBeside(copy: 2))
    }

    @Test("files an instance without study under a line", arguments: [nil, ""])
    func filesAnInstanceWithoutStudyUnderALine(_ uid: String?) throws {
        var sample = Sample()
        sample.keys.studyInstanceUID = uid
        sample.keys.seriesInstanceUID = uid
        #expect(try archive.file(sample).path == "_/_/1.2.3.dcm")
    }

    @Test(
        "keeps every UID below the archive",
        arguments: [
            "../../x", "/abs", "..", ".", "a/b", "con\u{0}", ".dicom-node", "%2E", "_", "~2", "\u{1F600}", "a b",
        ]
    )
    func keepsEveryUIDBelowTheArchive(_ uid: String) throws {
        var sample = Sample(uid)
        sample.keys.studyInstanceUID = uid
        sample.keys.seriesInstanceUID = uid
        let path = try archive.file(sample).path
        #expect(path.split(separator: "/").count == 3)
        #expect(try directory.files() == [path])
        #expect(output("find \(directory.path) -mindepth 1 -maxdepth 1") == ["\(directory.path)/archive"])
        #expect(output("ls -A \(directory.path)/archive/.dicom-node") == ["incoming", "marker"])
    }

    @Test("refuses a symbolic link on the way") func refusesASymbolicLinkOnTheWay() throws {
        run("ln -s / \(directory.path)/archive/1.2")
        let error = #expect(throws: ArchiveError.self) { try archive.file(Sample()) }
        #expect([.io(ELOOP), .io(ENOTDIR)].contains(error?.kind))
    }

    @Test("files beside what is no file", arguments: ["ln -s /etc/passwd", "mkfifo", "mkdir"])
    func filesBesideWhatIsNoFile(_ command: String) throws {
        run("mkdir -p \(directory.path)/archive/1.2/1.2.9; \(command) \(directory.path)/archive/1.2/1.2.9/1.2.3.dcm")
        #expect(try archive.file(Sample()).outcome == .keptBeside(copy: 2))
    }

    @Test("sweeps what an earlier process left") func sweepsWhatAnEarlierProcessLeft() throws {
        let path = "\(directory.path)/other"
        _ = try InstanceArchive(ArchiveConfiguration(path: FilePath(path)))
        run("echo half > \(path)/.dicom-node/incoming/4711-1.tmp")
        _ = try InstanceArchive.again(ArchiveConfiguration(path: FilePath(path)))
        #expect(output("ls -A \(path)/.dicom-node/incoming") == [])
    }

    @Test("never syncs and still files") func neverSyncsAndStillFiles() throws {
        let archive = try InstanceArchive(ArchiveConfiguration(path: FilePath("\(directory.path)/fast"), sync: .never))
        #expect(try archive.file(Sample()).outcome == .stored)
        #expect(try directory.files(below: "fast") == ["1.2/1.2.9/1.2.3.dcm"])
    }
}
