import Archive
import ArgumentParser
import Foundation
import Index
import SystemPackage
import TestSupport
import Testing

@testable import dicom_node

@Suite("archive remove")
struct RemoveTests {
    private static func remove(_ level: Level, _ uid: String, _ archive: AdoptedArchive) throws -> ArchiveRemover.Result
    {
        let database = try IndexDatabase(changing: archive.index)
        return try ArchiveRemover(archive.path, database).remove(try RemovalOrder(level, uid, in: database))
    }

    @Test("a study, a series, an instance: files, empty folders and rows go, and nothing else")
    func removes() async throws {
        let archive = try await AdoptedArchive(files: 30, seed: 1)
        let before = try archive.files()
        let ofStudy = before.filter { $0.hasPrefix("1.2.1/") }
        #expect(try Self.remove(.study, "1.2.1", archive).removed == ofStudy.count)
        #expect(!FileManager.default.fileExists(atPath: "\(archive.path)/1.2.1"))
        let ofSeries = before.filter { $0.hasPrefix("1.2.2/1.2.2.0/") }
        #expect(try Self.remove(.series, "1.2.2.0", archive).removed == ofSeries.count && !ofSeries.isEmpty)
        #expect(try Self.remove(.instance, "1.2.99.0", archive).removed == 1)
        let left = before.filter { !ofStudy.contains($0) && !ofSeries.contains($0) && !$0.hasSuffix("/1.2.99.0.dcm") }
        #expect(try archive.files() == left)
        let found = try VerifyRun(
            archive.path,
            database: try IndexDatabase(reading: archive.index),
            parallel: 1,
            time: .later
        ).run()
        #expect(found.findings == [] && found.files == left.count)
    }

    @Test("a file that is another instance by now is left, with its row")
    func keeps() async throws {
        let archive = try await AdoptedArchive(files: 4, seed: 1)
        let file = try #require(try archive.files().first { $0.hasSuffix("/1.2.99.3.dcm") })
        try archive.write("1.2.1000", to: "archive/" + file)
        let result = try Self.remove(.instance, "1.2.99.3", archive)
        #expect(result.removed == 0 && result.kept.map(\.path) == [file])
        #expect(result.kept.first?.reason == "it holds the instance 1.2.1000")
        #expect(try archive.rows() == 4)
    }

    @Test("no pattern is taken for a UID", arguments: ["*", "1.2.*", "1.2.?", "", "1.2 3", "1.2%"])
    func patterns(uid: String) {
        #expect(throws: (any Error).self) { _ = try ArchiveRemove.parse(["study", uid]) }
    }

    @Test("without a terminal nothing is removed unless --yes is given")
    func asks() async throws {
        let archive = try await AdoptedArchive(files: 4, seed: 1)
        let options = ["--archive", archive.path.string]
        let command = try ArchiveRemove.parse(["study", "1.2.1"] + options)
        // The tests have no terminal.
        #expect(throws: (any Error).self) { try command.run() }
        try ArchiveRemove.parse(["study", "1.2.1", "--dry-run"] + options).run()
        #expect(try archive.files().count == 4)
        try ArchiveRemove.parse(["study", "1.2.1", "--yes"] + options).run()
        #expect(try archive.files().count == 3)
        #expect(throws: ExitCode.failure) { try ArchiveRemove.parse(["study", "1.2.1", "--yes"] + options).run() }
    }
}
