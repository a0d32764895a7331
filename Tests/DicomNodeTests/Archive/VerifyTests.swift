import Archive
import Foundation
import Index
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import dicom_node

@Suite("archive verify")
struct VerifyTests {
    /// What is done to a file, and what has to be found.
    enum Harm: CaseIterable {
        case flip, truncate, append, delete, overwrite, rename

        var kind: Finding.Kind { self == .delete ? .missing : .damaged }
    }

    private static func verify(
        _ path: FilePath,
        _ index: FilePath?,
        after progress: VerifyProgress = VerifyProgress(),
        time: VerifyRun.Time = .later,
        listener: VerifyRun.Listener = VerifyRun.Listener()
    ) throws -> VerifyProgress {
        try VerifyRun(
            path,
            database: try index.map { try IndexDatabase(reading: $0) },
            after: progress,
            parallel: 3,
            time: time,
            listener: listener
        ).run()
    }

    private static func found(_ progress: VerifyProgress) -> Set<String> {
        Set(progress.findings.map { "\($0.kind.rawValue) \($0.path)" })
    }

    /// Harms some files, and says what has to be found.
    private static func harm(
        _ archive: AdoptedArchive,
        at root: String,
        _ harms: [Harm],
        onlyDataSet: Bool = false,
        _ generator: inout SeededGenerator
    ) throws -> Set<String> {
        var files = try archive.files().shuffled(using: &generator)
        var expected: Set<String> = []
        for harm in harms {
            let file = files.removeLast()
            let path = root + "/" + file
            var bytes = try contents(of: path)
            expected.insert("\(harm.kind.rawValue) \(file)")
            switch harm {
            case .flip:
                let start = onlyDataSet ? try bytes.count - Part10File(path: path).dataSet.count : 0
                var at = Int.random(in: start..<bytes.count, using: &generator)
                // The digits of the version that has written the file: any of them is one.
                if let version = bytes.firstRange(of: Array("DICOMNODE_".utf8)),
                    version.upperBound..<version.upperBound + 3 ~= at
                {
                    at = bytes.count - 1
                }
                bytes[at] ^= 1 << UInt8.random(in: 0...7, using: &generator)
                try overwrite(path, bytes)
            case .truncate: try overwrite(path, Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator))))
            case .append: try overwrite(path, bytes + [0])
            case .delete: try FileManager.default.removeItem(atPath: path)
            case .overwrite: try overwrite(path, try contents(of: root + "/" + files[0]))
            case .rename:
                let other = files.removeLast()
                expected.insert("damaged \(other)")
                try FileManager.default.moveItem(atPath: path, toPath: path + ".aside")
                try FileManager.default.moveItem(atPath: root + "/" + other, toPath: path)
                try FileManager.default.moveItem(atPath: path + ".aside", toPath: root + "/" + other)
            }
        }
        return expected
    }

    /// In place, so that its attributes stay.
    private static func overwrite(_ path: String, _ bytes: [UInt8]) throws {
        let file = try FileDescriptor.open(FilePath(path), .writeOnly, options: .truncate)
        defer { try? file.close() }
        try file.writeAll(bytes)
    }

    @Test("all that is wrong is found, and nothing else", arguments: SeededGenerator.seeds(12))
    func findsAll(seed: UInt64) async throws {
        let archive = try await AdoptedArchive(files: 40, seed: seed)
        #expect(try Self.verify(archive.path, archive.index).findings == [])
        var generator = SeededGenerator(seed: seed)
        let harms = (0..<Int.random(in: 1...8, using: &generator)).map { _ in
            Harm.allCases.randomElement(using: &generator) ?? .flip
        }
        var expected = try Self.harm(archive, at: archive.path.string, harms, &generator)
        try archive.directory.write(Array("a note".utf8), to: "archive/1.2.0/note.txt")
        try archive.write("1.2.98", to: "archive/1.2.0/1.2.98.dcm")
        try FileManager.default.createSymbolicLink(atPath: "\(archive.path)/link", withDestinationPath: "1.2.0")
        expected.formUnion(["extra 1.2.0/note.txt", "extra 1.2.0/1.2.98.dcm", "extra link"])
        let found = try Self.verify(archive.path, archive.index)
        #expect(Self.found(found) == expected, "TEST_SEED=\(seed): \(harms)")
    }

    @Test("a copy without extended attributes is verified by the index", arguments: SeededGenerator.seeds(6))
    func copy(seed: UInt64) async throws {
        let archive = try await AdoptedArchive(files: 30, seed: seed)
        let copy = archive.directory.path + "/copy"
        #expect(try run("cp", ["-r", "--no-preserve=all", archive.path.string, copy]).succeeded)
        var generator = SeededGenerator(seed: seed)
        let expected = try Self.harm(archive, at: copy, Harm.allCases, &generator)
        let found = try Self.verify(FilePath(copy), IndexDatabase.path(in: FilePath(copy)))
        #expect(Self.found(found) == expected, "TEST_SEED=\(seed)")
        #expect(found.withoutDigest == 0)
    }

    @Test(
        "without an index, what is damaged is found, and what is missing cannot be",
        arguments: SeededGenerator.seeds(6)
    )
    func withoutIndex(seed: UInt64) async throws {
        let archive = try await AdoptedArchive(files: 30, seed: seed)
        var generator = SeededGenerator(seed: seed)
        let expected = try Self.harm(archive, at: archive.path.string, Harm.allCases, onlyDataSet: true, &generator)
        let found = try Self.verify(archive.path, nil)
        #expect(Self.found(found) == expected.filter { !$0.hasPrefix("missing") }, "TEST_SEED=\(seed)")
    }

    @Test("a broken-off verification finds the same when it goes on, from wherever it was")
    func resumes() async throws {
        let archive = try await AdoptedArchive(files: 200, seed: 3)
        var generator = SeededGenerator(seed: 3)
        let expected = try Self.harm(archive, at: archive.path.string, Harm.allCases + Harm.allCases, &generator)
        let snapshots = Mutex<[VerifyProgress]>([])
        let whole = try Self.verify(
            archive.path,
            archive.index,
            listener: VerifyRun.Listener(advanced: { progress in snapshots.withLock { $0.append(progress) } })
        )
        #expect(Self.found(whole) == expected)
        let all = snapshots.withLock { $0 }
        #expect(all.count >= 8)
        for snapshot in all {
            let rest = try Self.verify(archive.path, archive.index, after: snapshot)
            #expect(Self.found(rest) == expected)
            #expect(rest.files == whole.files && rest.bytes == whole.bytes)
        }
    }

    @Test("the walk goes on behind any place, in the order of the bytes")
    func walk() throws {
        let directory = try TemporaryDirectory()
        let names = ["b/x", "b/y", "a", "a.b/c/d", "a.b/c/e", "a.b/cc", "é/1", "z", "b/x.d/1", "b/x.d/2", "A/é", "A/z"]
        for name in names { try directory.write([], to: "archive/" + name) }
        let root = try VerifyFolder(archive: directory.archive)
        func places(after start: VerifyWalk.Position?) -> [VerifyWalk.Position] {
            var walk = VerifyWalk(root, after: start)
            var places: [VerifyWalk.Position] = []
            while let batch = walk.take() {
                places += batch.files.map { VerifyWalk.Position(folder: batch.path, file: $0) }
            }
            return places
        }
        let all = places(after: nil)
        #expect(Set(all.map { $0.folder.isEmpty ? $0.file : $0.folder + "/" + ($0.file ?? "") }) == Set(names))
        for (index, place) in all.enumerated() {
            #expect(places(after: place) == Array(all[(index + 1)...]))
            let ofFolder = all.lastIndex { $0.folder == place.folder } ?? 0
            let behind = VerifyWalk.Position(folder: place.folder, file: nil)
            #expect(places(after: behind) == Array(all[(ofFolder + 1)...]))
        }
    }

    @Test("the checkpoint holds what was noted, whatever is torn off its end")
    func checkpoint() throws {
        let directory = try TemporaryDirectory()
        let path = FilePath(directory.path + "/verify")
        var all = VerifyProgress()
        var noted: [(length: Int, progress: VerifyProgress?)] = [(0, nil)]
        do {
            let checkpoint = try VerifyCheckpoint(path, archive: "/archive", isResumed: false)
            for number in 1...3 {
                let new = VerifyProgress(
                    position: .init(folder: "a/\(number)", file: number == 2 ? nil : "1.dcm"),
                    files: number,
                    bytes: 100,
                    findings: [Finding(.damaged, "a/\u{1}\"\n\(number)", "why")],
                    later: ["b/\(number)"]
                )
                all.add(new)
                try checkpoint.note(new, all: all)
                noted.append((try contents(of: path.string).count, all))
            }
        }
        let bytes = try contents(of: path.string)
        for length in 0...bytes.count {
            try directory.write(Array(bytes.prefix(length)), to: "verify")
            let expected = noted.last { $0.length <= length }?.progress
            #expect(try VerifyCheckpoint.read(path, archive: "/archive") == expected)
            #expect(try VerifyCheckpoint.read(path, archive: "/other") == nil)
        }
        // What was torn is not read again behind what comes next.
        try directory.write(Array(bytes.dropLast(3)), to: "verify")
        do { _ = try VerifyCheckpoint(path, archive: "/archive", isResumed: true) }
        #expect(try VerifyCheckpoint.read(path, archive: "/archive") == noted[2].progress)
        try directory.write(Array("a diary\n".utf8), to: "diary")
        #expect(throws: VerifyCheckpoint.NotOurs.self) {
            try VerifyCheckpoint(FilePath(directory.path + "/diary"), archive: "/archive", isResumed: false)
        }
    }

    @Test("what comes or goes meanwhile is no finding")
    func meanwhile() async throws {
        let archive = try await AdoptedArchive(files: 10, seed: 5)
        // A file whose row is still to come.
        try archive.write("1.2.98", to: "archive/1.2.0/1.2.98.dcm")
        #expect(Self.found(try Self.verify(archive.path, archive.index)) == ["extra 1.2.0/1.2.98.dcm"])
        #expect(try Self.verify(archive.path, archive.index, time: .system).findings == [])
        // A file that is removed, and whose row goes a moment later.
        let gone = try archive.files()[4]
        try FileManager.default.removeItem(atPath: "\(archive.path)/\(gone)")
        let index = archive.index
        let time = VerifyRun.Time(
            now: VerifyRun.Time.system.now,
            date: VerifyRun.Time.system.date,
            sleep: { _ in try? IndexDatabase(writing: index).write { try $0.remove(gone) } }
        )
        #expect(try Self.verify(archive.path, archive.index, time: time).findings == [])
    }

    @Test("rows of folders that are gone are missing files")
    func missingFolder() async throws {
        let archive = try await AdoptedArchive(files: 30, seed: 6)
        let gone = try archive.files().filter { $0.hasPrefix("1.2.1/") }
        try FileManager.default.removeItem(atPath: "\(archive.path)/1.2.1")
        #expect(Self.found(try Self.verify(archive.path, archive.index)) == Set(gone.map { "missing \($0)" }))
    }

    @Test("bytes are read no faster than allowed, however they are asked for", arguments: SeededGenerator.seeds(20))
    func rate(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var limit = RateLimit(bytesPerSecond: 1_000_000)
        var now: UInt64 = 5_000_000_000
        let start = now
        var bytes = 0
        for _ in 0..<500 {
            let count = Int.random(in: 0...100_000, using: &generator)
            now += limit.delay(count, now: now)
            bytes += count
            if generator.oneIn(5) { now += UInt64.random(in: 0...50_000_000, using: &generator) }
            // What has been read at this moment, and a tenth of a second that may be made up for.
            #expect(Double(bytes - 100_000) <= Double(now - start) / 1_000 + 100_000, "TEST_SEED=\(seed)")
        }
    }
}
