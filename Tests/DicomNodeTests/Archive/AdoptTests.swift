import Archive
import Foundation
import Index
import SystemPackage
import TestSupport
import Testing

@testable import dicom_node

@Suite("archive adopt")
struct AdoptTests {
    @Test("the data set goes byte for byte into a file with the archive's head, and into the index")
    func bytes() async throws {
        let archive = try AdoptedArchive()
        for file in try filesBelow((Fixtures.path + "/instances")) where file.hasSuffix(".dcm") {
            try archive.directory.write(
                try contents(of: (Fixtures.path + "/instances") + "/" + file),
                to: "source/" + file
            )
        }
        #expect(try await archive.adopt([archive.directory.path + "/source"]) == 0)
        var adopted: [String: Part10File] = [:]
        for file in try archive.files() {
            let file = try Part10File(path: "\(archive.path)/\(file)")
            adopted[file.sopInstanceUID] = file
        }
        let sources = try filesBelow(archive.directory.path + "/source")
        #expect(adopted.count == sources.count)
        for name in sources {
            let source = try Part10File(path: archive.directory.path + "/source/" + name)
            let file = try #require(adopted[source.sopInstanceUID], "\(name)")
            #expect(file.dataSet == source.dataSet, "\(name)")
            #expect(file.transferSyntaxUID == source.transferSyntaxUID, "\(name)")
            #expect(file.preamble.allSatisfy { $0 == 0 })
        }
        #expect(try archive.rows() == sources.count)
    }

    @Test("what is no instance, or not whole, is not adopted; the rest is")
    func faults() async throws {
        let archive = try AdoptedArchive()
        let folder = archive.directory.path + "/source"
        for number in 1...3 { try archive.write("1.2.\(number)", pixels: 5_000, to: "source/\(number).dcm") }
        let whole = try contents(of: folder + "/1.dcm")
        try archive.directory.write(Array(whole.dropLast(100)), to: "source/1.dcm")
        try archive.directory.write(Array("a note".utf8), to: "source/note.txt")
        #expect(try await archive.adopt([folder]) == 1)
        #expect(archive.output.contains("/1.dcm: its data set is not whole"))
        #expect(archive.output.contains("adopted 2 of 3, failed 1, passed over 1 (no DICOM file)"))
        #expect(try archive.files().count == 2)
        #expect(try filesBelow("\(archive.path)/.dicom-node/adopting") == [])
    }

    @Test("an adoption that was broken off does not look again at what it has done; one that is done is forgotten")
    func resumes() async throws {
        let archive = try AdoptedArchive()
        let folder = archive.directory.path + "/source"
        for number in 1...5 { try archive.write("1.2.\(number)", to: "source/\(number).dcm") }
        // As a failure leaves it: what is done is noted.
        try archive.directory.write(Array("DICM".utf8), to: "source/broken.dcm")
        #expect(try await archive.adopt([folder, folder + "/broken.dcm"]) == 1)
        try archive.write("1.2.6", to: "source/6.dcm")
        try archive.write("1.2.7", to: "source/2.dcm")
        try FileManager.default.removeItem(atPath: folder + "/broken.dcm")
        #expect(try await archive.adopt([folder]) == 0)
        #expect(archive.output.contains("adopted 2 of 2, failed 0, passed over 4 (done before)"), "\(archive.output)")
        #expect(try await archive.adopt([folder]) == 0)
        #expect(archive.output.contains("adopted 0 of 0, failed 0, passed over 6 (archived already)"))
        #expect(try archive.files().count == 7)
    }

    /// As Orthanc 1.10 keeps them: the length, little endian, and a zlib stream; and beside them the beginning of each
    /// up to its pixel data.
    @Test("Orthanc's compressed files are inflated, and beginnings of files passed over")
    func orthanc() async throws {
        let archive = try AdoptedArchive()
        let folder = archive.directory.path + "/source"
        try archive.write("1.2.1", pixels: 300_000, to: "plain.dcm")
        let plain = try contents(of: archive.directory.path + "/plain.dcm")
        let pixels = try #require(plain.firstRange(of: [0xE0, 0x7F, 0x10, 0x00]))
        try archive.directory.write(Array(plain[..<pixels.lowerBound]), to: "source/aa/bb/beginning")
        let compress =
            "import sys,zlib,struct;d=open(sys.argv[1],'rb').read();"
            + "open(sys.argv[2],'wb').write(struct.pack('<Q',len(d))+zlib.compress(d))"
        try FileManager.default.createDirectory(atPath: folder + "/cc/dd", withIntermediateDirectories: true)
        let result = try run(
            "python3",
            ["-c", compress, archive.directory.path + "/plain.dcm", folder + "/cc/dd/compressed"]
        )
        #expect(result.succeeded)
        // One that says that it is longer than it is.
        var torn = try contents(of: folder + "/cc/dd/compressed")
        torn[0] ^= 1
        try archive.directory.write(torn, to: "source/ee/torn")
        #expect(try await archive.adopt([folder]) == 1)
        #expect(archive.output.contains("/ee/torn: it inflates to"), "\(archive.output)")
        #expect(archive.output.contains("1 (the beginning of another file)"), "\(archive.output)")
        let files = try archive.files()
        #expect(files.count == 1)
        let source = try Part10File(path: archive.directory.path + "/plain.dcm")
        #expect(try Part10File(path: "\(archive.path)/\(files[0])").dataSet == source.dataSet)
    }
}
