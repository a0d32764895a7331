import Archive
import ArgumentParser
import Foundation
import Index
import Instances
import Logging
import NIOCore
import SystemPackage
import TestSupport
import Testing

@testable import dicom_node

/// Studies 1.2.0, 1.2.1 and 1.2.2, whose last files came a day apart, the last of them now.
@Suite("retention")
struct RetentionTests {
    private static let day: Int64 = 86_400
    private static let now: Int64 = 2_000_000_000

    private let archive: AdoptedArchive

    init() async throws {
        archive = try await AdoptedArchive(files: 30, seed: 1)
        let index = archive.index
        let rows = try Self.rows(archive)
        try IndexDatabase(writing: index).write { changes in
            for row in rows {
                try changes.remove(row.path)
                var row = row
                let number = Int64(row.studyInstanceUID.suffix(1)) ?? 0
                row.received = Self.now - (2 - number) * Self.day
                try changes.put(row)
            }
        }
    }

    /// As the index has them.
    private static func rows(_ archive: AdoptedArchive) throws -> [IndexedInstance] {
        try IndexDatabase(reading: archive.index).read { try $0.instances(limit: 1_000) }.rows.map { row in
            IndexedInstance(
                path: row.path,
                sopClassUID: row.sopClassUID,
                sopInstanceUID: row.sopInstanceUID,
                studyInstanceUID: row.studyInstanceUID,
                seriesInstanceUID: row.seriesInstanceUID,
                transferSyntaxUID: row.transferSyntaxUID,
                bytes: row.bytes,
                digest: row.digest,
                callingAETitle: row.callingAETitle,
                calledAETitle: row.calledAETitle,
                received: row.received,
                attributes: InstanceAttributes(values: row.attributes)
            )
        }
    }

    private func studies() throws -> Set<String> {
        Set(try archive.files().map { String($0.prefix { $0 != "/" }) })
    }

    private static func policy(days: Int64 = 0, below: Int = 0, _ only: [RetentionPolicy.Condition] = [])
        -> RetentionPolicy
    {
        RetentionPolicy(keep: .seconds(days * day), below: below, only: only)
    }

    /// Runs one round in a node.
    private func work(
        _ policy: RetentionPolicy,
        at date: Int64 = now,
        room: DiskRoom = DiskRoom(total: 1_000, free: 500),
        oldestAssociation: Int64? = nil,
        log: RecordedLog = RecordedLog(),
        watchDate: Int64? = nil,
        before: @Sendable (LocalArchive) async throws -> Void = { _ in }
    ) async throws {
        let index = archive.index
        let path = archive.path
        let watch = ArrivalWatch(date: { watchDate ?? date })
        try await withLocalArchive(ArchiveConfiguration(path: path), observer: watch) { store in
            try await before(store)
            let keeper = RetentionKeeper(
                policy: policy,
                node: RetentionKeeper.Node(
                    archive: store,
                    path: path,
                    index: { try? IndexDatabase(writing: index) },
                    watch: watch,
                    oldestAssociation: { oldestAssociation },
                    room: { room },
                    date: { date }
                ),
                clock: ContinuousClock(),
                logger: log.logger
            )
            try keeper.work()
        }
    }

    @Test("off as it is made: nothing goes, whatever its age and however full the disk")
    func off() async throws {
        try await work(RetentionPolicy(), at: Self.now + 10_000 * Self.day, room: DiskRoom(total: 1_000, free: 0))
        #expect(try studies() == ["1.2.0", "1.2.1", "1.2.2"])
    }

    @Test("keep: what came last longer ago goes, whole, and is logged")
    func keep() async throws {
        let log = RecordedLog()
        let ofStudy = try archive.files().count { $0.hasPrefix("1.2.0/") }
        try await work(Self.policy(days: 1), at: Self.now + Self.day / 2, log: log)
        #expect(try studies() == ["1.2.2"])
        #expect(log.messages.filter { $0.contains("study removed by retention") }.count == 2, "\(log.messages)")
        let lines = log.messagesWithMetadata
        #expect(lines.contains { $0.contains("1.2.0") && $0.contains("\(ofStudy)") }, "\(lines)")
        let found = try VerifyRun(
            archive.path,
            database: try IndexDatabase(reading: archive.index),
            parallel: 1,
            time: .later
        ).run()
        #expect(found.findings == [])
    }

    @Test("below: the oldest go until there is room enough, and none while there is", arguments: [0, 1, 2, 3])
    func below(count: Int) async throws {
        let sizes = try await IndexDatabase(reading: archive.index).read { reader in
            try reader.studies(unchangedSince: .max, limit: 10).map(\.bytes)
        }
        let wanted = sizes.prefix(count).reduce(0, +)
        let total = sizes.reduce(0, +) * 10
        // So much is missing to a tenth as the first studies have.
        try await work(
            Self.policy(below: 10),
            at: Self.now + Self.day,
            room: DiskRoom(total: total, free: total / 10 - wanted)
        )
        #expect(try studies() == Set(["1.2.0", "1.2.1", "1.2.2"].dropFirst(count)))
    }

    @Test("keep and below: what is young stays, however full the disk")
    func both() async throws {
        try await work(
            Self.policy(days: 2, below: 90),
            at: Self.now + 100,
            room: DiskRoom(total: 1_000_000_000, free: 0)
        )
        #expect(try studies() == ["1.2.1", "1.2.2"])
        try await work(
            Self.policy(days: 1, below: 90),
            at: Self.now + Self.day,
            room: DiskRoom(total: 1_000_000_000, free: 950_000_000)
        )
        #expect(try studies() == ["1.2.1", "1.2.2"])
    }

    @Test("only committed: a study of which one file is not committed stays")
    func committed() async throws {
        let rows = try Self.rows(archive)
        try IndexDatabase(writing: archive.index).write { changes in
            for row in rows where row.studyInstanceUID != "1.2.1" {
                try changes.commit(row.sopInstanceUID, at: Self.now + 10)
            }
            let ofOther = rows.filter { $0.studyInstanceUID == "1.2.1" }.dropFirst()
            for row in ofOther { try changes.commit(row.sopInstanceUID, at: Self.now + 10) }
        }
        try await work(Self.policy(days: 1, [.committed]), at: Self.now + 10 * Self.day)
        #expect(try studies() == ["1.2.1"])
    }

    @Test(
        "what was committed is so no more when another file takes its place, and stays so when the rows are made anew"
    )
    func committedRows() async throws {
        let row = try #require(try Self.rows(archive).first)
        let database = try IndexDatabase(writing: archive.index)
        func isCommitted() throws -> Bool {
            try database.read { reader in
                try reader.studies(unchangedSince: .max, committed: true, limit: 10)
            }.map(\.studyInstanceUID).contains(row.studyInstanceUID)
        }
        let rows = try Self.rows(archive).filter { $0.studyInstanceUID == row.studyInstanceUID }
        try database.write { changes in
            for row in rows { try changes.commit(row.sopInstanceUID, at: Self.now + 10) }
        }
        #expect(try isCommitted())
        try database.write { try $0.put(row) }
        #expect(try isCommitted())
        var other = row
        other.digest = "FF"
        try database.write { [other] in try $0.put(other) }
        #expect(try !isCommitted())
        // What came later than the check was not checked.
        try database.write { try $0.commit(row.sopInstanceUID, at: row.received - 1) }
        #expect(try !isCommitted())
    }

    @Test("a study that is arriving stays: lately by the index, lately by the archive, or on an open association")
    func arriving() async throws {
        // The last of 1.2.2 came less than an hour ago.
        try await work(Self.policy(below: 99), at: Self.now + 3_599, room: DiskRoom(total: 1 << 50, free: 0))
        #expect(try studies() == ["1.2.2"])
    }

    @Test("what is sent again at this moment stays, though the index does not know yet", arguments: [true, false])
    func sentAgain(isLate: Bool) async throws {
        let file = try #require(try archive.files().first { $0.hasPrefix("1.2.0/") })
        let source = try Part10File(path: "\(archive.path)/\(file)")
        let keys = InstanceKeys(
            sopClassUID: source.sopClassUID,
            sopInstanceUID: source.sopInstanceUID,
            studyInstanceUID: "1.2.0",
            seriesInstanceUID: String(file.split(separator: "/")[1])
        )
        // Two hours ago; but the association that it came on is still there.
        let date = Self.now + 5 * Self.day
        try await work(
            Self.policy(days: 1),
            at: date,
            oldestAssociation: isLate ? date - 9_000 : nil,
            watchDate: isLate ? date - 7_200 : date
        ) { store in
            var digest = Digest(store.digestAlgorithm)
            source.dataSet.withUnsafeBytes { digest.update($0) }
            let pending = store.begin(
                FileMetaInformation(
                    mediaStorageSOPClassUID: keys.sopClassUID,
                    mediaStorageSOPInstanceUID: keys.sopInstanceUID,
                    transferSyntaxUID: source.transferSyntaxUID,
                    implementationClassUID: "1.2.3"
                )
            )
            let stored = try await pending.commit(
                [ByteBuffer(bytes: source.dataSet)],
                as: keys,
                digest: digest,
                attributes: DeferredAttributes()
            )
            #expect(stored.outcome == .identical)
        }
        #expect(try studies() == ["1.2.0"])
    }

    @Test("forwarded is refused until there is forwarding, and says so")
    func forwarded() {
        let error = #expect(throws: (any Error).self) {
            _ = try ArchiveRetention.parse(["--archive-retention-only", "forwarded"])
        }
        #expect(error.map { ArchiveRetention.message(for: $0) }?.contains("give committed") == true)
    }
}
