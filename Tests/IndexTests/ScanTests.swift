import Foundation
import Instances
import SystemPackage
import TestSupport
import Testing

@testable import Index

/// Rows from files, and how little is read for them.
@Suite struct ScanTests {
    let directory: TemporaryDirectory
    let database: IndexDatabase

    init() throws {
        directory = try TemporaryDirectory()
        database = try IndexDatabase(writing: directory.index)
        try FileManager.default.createDirectory(atPath: directory.archive.string, withIntermediateDirectories: true)
    }

    private func scan(_ extent: FolderScan.Extent = .changes, parallel: Int = 1) throws -> FolderScan.Progress {
        try FolderScan.run(database, directory.archive, extent, parallel: parallel)
    }

    @Test("every instance gets a row, nothing else does", arguments: [1, 3])
    func everything(parallel: Int) throws {
        for number in 1...40 { try directory.archive("1.\(number)", at: "a/b/1.\(number).dcm") }
        try directory.archive("2.1", at: "2.1.dcm")
        try directory.write(Array("no DICOM".utf8), to: "archive/a/README")
        try directory.write([], to: "archive/a/empty.dcm")
        try directory.archive("9.9", at: ".dicom-node/incoming/x")
        let found = try scan(.everything, parallel: parallel)
        #expect(found.rowsWritten == 41)
        #expect(found.others == 2)
        #expect(try database.paths() == ((1...40).map { "a/b/1.\($0).dcm" } + ["2.1.dcm"]).sorted())
        let row = try #require(try database.read { try $0.instance(at: "2.1.dcm") })
        #expect(row.attributes["PatientName"] == "Raw^Peer")
        #expect(row.sopClassUID == RawUID.ctImage)
        #expect(row.studyInstanceUID == "1.2")
        #expect(row.bytes > 100)
    }

    @Test("a second scan reads no folder that has not changed, and of one that has only what is new")
    func changes() throws {
        for folder in ["a", "b", "c"] {
            for number in 1...5 { try directory.archive("1.\(number)", at: "\(folder)/1.\(number).dcm") }
        }
        for folder in ["", "a", "b", "c"] { try directory.age(folder) }
        #expect(try scan().rowsWritten == 15)
        let second = try scan()
        #expect((second.folders, second.files) == (0, 0))
        try directory.archive("1.6", at: "b/1.6.dcm")
        let third = try scan()
        #expect((third.folders, third.files, third.rowsWritten) == (1, 1, 1))
        // The folder is too young for its time to be trusted: its names are read again, and no file.
        let fourth = try scan()
        #expect((fourth.folders, fourth.files) == (1, 0))
    }

    @Test("files, folders and whole trees that are gone take their rows with them")
    func gone() throws {
        for path in ["a/1.dcm", "a/2.dcm", "b/c/3.dcm", "b/c/4.dcm"] { try directory.archive("1", at: path) }
        _ = try scan()
        try FileManager.default.removeItem(atPath: directory.path + "/archive/a/2.dcm")
        try FileManager.default.removeItem(atPath: directory.path + "/archive/b")
        let found = try scan()
        #expect(found.rowsRemoved == 3)
        #expect(try database.paths() == ["a/1.dcm"])
        #expect(try database.read { try $0.folders(after: nil, limit: 10) }.map(\.directory) == ["", "a"])
    }

    @Test("a new folder deep in an old one is found, and so is one whose row knows nothing of its files")
    func newFolders() throws {
        try directory.archive("1", at: "a/b/1.dcm")
        for folder in ["", "a", "a/b"] { try directory.age(folder) }
        _ = try scan()
        try directory.archive("2", at: "a/b/c/d/2.dcm")
        #expect(try scan().rowsWritten == 1)
        // What the writer does for one of two files.
        try directory.archive("3", at: "a/e/3.dcm")
        try directory.archive("4", at: "a/e/4.dcm")
        try database.write { changes in
            try changes.put(.sample("3", path: "a/e/3.dcm", received: 4_000_000_000))
            try changes.setFolder("a/e", modified: 0)
        }
        #expect(try scan().rowsWritten == 1)
        #expect(try database.paths() == ["a/b/1.dcm", "a/b/c/d/2.dcm", "a/e/3.dcm", "a/e/4.dcm"])
    }

    @Test("a file that was replaced is read again")
    func replaced() throws {
        try directory.archive("1", at: "a/1.dcm", study: "1.2")
        try database.write { changes in
            try changes.put(.sample("1", path: "a/1.dcm", study: "1.9", received: 1_000))
            try changes.setFolder("a", modified: 0)
        }
        #expect(try scan().rowsWritten == 1)
        #expect(try database.read { try $0.studies(limit: 10) }.rows.map(\.studyInstanceUID) == ["1.2"])
    }

    @Test("a tree of links and one without end are left alone")
    func links() throws {
        try directory.archive("1", at: "a/1.dcm")
        try FileManager.default.createSymbolicLink(
            atPath: directory.path + "/archive/a/loop",
            withDestinationPath: directory.path + "/archive"
        )
        try FileManager.default.createSymbolicLink(
            atPath: directory.path + "/archive/a/2.dcm",
            withDestinationPath: directory.path + "/archive/a/1.dcm"
        )
        let deep = Array(repeating: "d", count: IndexLimits.folderDepth + 3).joined(separator: "/")
        try directory.archive("3", at: deep + "/3.dcm")
        #expect(try scan(.everything).rowsWritten == 1)
    }

    @Test("large attributes before the image are found, and the image is not read")
    func large() throws {
        var dataSet = RawDataSet()
        dataSet.add(0x0008, 0x0016, "UI", RawUID.ctImage)
        dataSet.add(0x0008, 0x0018, "UI", "1.5")
        dataSet.add(0x0009, 0x0010, "LO", "VENDOR")
        dataSet.add(0x0009, 0x1001, "OB", [UInt8](repeating: 7, count: 200_000))
        dataSet.add(0x0010, 0x0020, "LO", "FAR")
        dataSet.add(0x0020, 0x000D, "UI", "1.2")
        dataSet.add(0x7FE0, 0x0010, "OW", [UInt8](repeating: 1, count: 4_000), length: 3_000_000_000)
        let file = part10(
            sopClassUID: RawUID.ctImage,
            sopInstanceUID: "1.5",
            transferSyntaxUID: "1.2.840.10008.1.2.1",
            dataSet: dataSet.bytes
        )
        try directory.write(file, to: "archive/1.5.dcm")
        #expect(try scan().rowsWritten == 1)
        #expect(try database.read { try $0.studies(limit: 1) }.rows.first?.attributes["PatientID"] == "FAR")
    }

    @Test("a damaged index is put aside, and made anew")
    func damaged() throws {
        try directory.archive("1", at: "a/1.dcm")
        let path = directory.index.removingLastComponent().appending("other.sqlite")
        try directory.write([UInt8](repeating: 0x55, count: 10_000), to: "other.sqlite")
        var reports: [IndexError] = []
        let found = try IndexDatabase.reindex(
            directory.archive,
            into: path,
            extent: .everything,
            report: { reports.append($0) },
            progress: { _ in }
        )
        #expect(found.rowsWritten == 1)
        #expect(reports == [.damaged(path.string + ".damaged")])
        #expect(try contents(of: path.string + ".damaged").count == 10_000)
    }
}
