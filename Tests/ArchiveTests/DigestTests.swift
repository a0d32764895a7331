import Archive
import Glibc
import Instances
import SystemPackage
import TestSupport
import Testing

/// The digest that is kept with each file.
@Suite struct DigestTests {
    /// Known answers: those of the empty text and of `abc`.
    @Test(
        "is that of the data set",
        arguments: [
            (DigestAlgorithm.xxh3, "", "99AA06D3014798D86001C324468D497F"),
            (.sha256, "", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"),
            (.sha256, "abc", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"),
        ]
    )
    func isThatOfTheDataSet(_ algorithm: DigestAlgorithm, _ text: String, _ expected: String) throws {
        let disk = SimulatedDisk(seed: 1)
        let archive = try InstanceArchive(
            ArchiveConfiguration(path: "/archive", digest: algorithm),
            fileSystem: disk
        )
        let path = try archive.file(Sample("1.2.3", text)).path
        #expect(disk.attribute(algorithm.attribute, ofPath: "/archive/\(path)") == Array(expected.utf8))
    }

    @Test("is left out on demand") func isLeftOutOnDemand() throws {
        let disk = SimulatedDisk(seed: 1)
        let archive = try InstanceArchive(
            ArchiveConfiguration(path: "/archive", digest: .none),
            fileSystem: disk
        )
        let path = try archive.file(Sample()).path
        for algorithm in DigestAlgorithm.allCases {
            #expect(disk.attribute(algorithm.attribute, ofPath: "/archive/\(path)") == nil)
        }
    }

    @Test("is an extended attribute on a real file system") func isAnExtendedAttributeOnARealFileSystem() throws {
        let directory = try TemporaryDirectory()
        let archive = try InstanceArchive(ArchiveConfiguration(path: directory.archive))
        try archive.file(Sample("1.2.3", ""))
        let disk = POSIXFileSystem()
        let parent = try disk.openDirectory(at: directory.archive.appending("1.2/1.2.9"))
        defer { disk.close(parent) }
        let file = try disk.openFile("1.2.3.dcm", in: parent)
        defer { disk.close(file) }
        do throws(SystemError) {
            let value = try disk.attribute(DigestAlgorithm.xxh3.attribute, of: file)
            #expect(value == Array("99AA06D3014798D86001C324468D497F".utf8))
        } catch {
            // A file system without such attributes, as tmpfs of old: the file was filed all the same.
            #expect(error.code == EOPNOTSUPP)
        }
    }

    @Test("is the same whatever the pieces", arguments: [DigestAlgorithm.xxh3, .sha256])
    func isTheSameWhateverThePieces(_ algorithm: DigestAlgorithm)
        throws
    {
        var values: Set<[UInt8]> = []
        for piece in [1, 7, 97, 1_000] {
            let disk = SimulatedDisk(seed: 1)
            let archive = try InstanceArchive(ArchiveConfiguration(path: "/archive"), fileSystem: disk)
            let sample = Sample("1.2.3", String(repeating: "abc", count: 700))
            var pending = try archive.begin(sample.meta)
            var digest = Digest(algorithm)
            for start in stride(from: 0, to: sample.dataSet.count, by: piece) {
                sample.dataSet[start..<min(start + piece, sample.dataSet.count)].withUnsafeBytes { bytes in
                    digest.update(bytes)
                    #expect(throws: Never.self) { try pending.append(bytes) }
                }
            }
            archive.commit(pending, as: sample.keys, digest: digest) { _ in }
            let value = disk.attribute(algorithm.attribute, ofPath: "/archive/1.2/1.2.9/1.2.3.dcm")
            values.insert(try #require(value))
        }
        #expect(values.count == 1)
        #expect(values.first?.count == (algorithm == .xxh3 ? 32 : 64))
    }
}
