import Foundation
import GRDB
import Instances
import Logging
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Index

/// The index beside a running archive: what befalls it, and what it says of that.
@Suite struct IndexTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: directory.archive.string, withIntermediateDirectories: true)
    }

    private func index(_ log: Logger = RecordedLog().logger) -> Index {
        var configuration = Index.Configuration(archive: directory.archive, database: directory.index)
        configuration.gatherMilliseconds = 0
        configuration.retryMilliseconds = 1
        configuration.retryMillisecondsMax = 1
        return Index(configuration, logger: log)
    }

    /// An instance whose file is there.
    private func instance(
        _ uid: String,
        at path: String,
        outcome: StoredInstance.Outcome = .stored,
        attributeBytes: Int = 0
    ) throws -> ArchivedInstance {
        try directory.archive(uid, at: path)
        return ArchivedInstance(
            keys: InstanceKeys(
                sopClassUID: RawUID.ctImage,
                sopInstanceUID: uid,
                studyInstanceUID: "1.2",
                seriesInstanceUID: "1.2.1"
            ),
            stored: StoredInstance(path: path, outcome: outcome),
            head: FileMetaInformation(
                mediaStorageSOPClassUID: RawUID.ctImage,
                mediaStorageSOPInstanceUID: uid,
                transferSyntaxUID: "1.2.840.10008.1.2.1",
                implementationClassUID: "1.2.3"
            ),
            dataSetLength: 5,
            digest: nil,
            received: Int(Date().timeIntervalSince1970),
            attributes: DeferredAttributes(byteCount: attributeBytes) { ["PatientID": "4711"] }
        )
    }

    /// Runs the index beside `body`, which may wait and so has a thread of its own, and ends it.
    private func run(_ index: Index, _ body: @escaping @Sendable () throws -> Void = {}) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await index.run() }
            defer { group.cancelAll() }
            try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
                Thread { ended.resume(with: Result { try body() }) }.start()
            }
        }
    }

    /// An index that comes and goes.
    private func settleOnce() async throws {
        let index = index()
        try await run(index) { try Self.settle(index) }
    }

    /// Waits until the index is up to date.
    private static func settle(_ index: Index) throws {
        for _ in 0..<60_000 {
            if !index.status.isBehind, index.status.missingInstances == 0 { return }
            usleep(1_000)
        }
        Issue.record("the index does not catch up: \(index.status)")
    }

    /// Another process: one that may leave a transaction open.
    private func unlimited() throws -> DatabaseQueue {
        var configuration = GRDB.Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: directory.index.string, configuration: configuration)
    }

    private func paths() throws -> [String] { try IndexDatabase(reading: directory.index).paths() }

    @Test("what is archived has rows when the index has ended")
    func writes() async throws {
        let index = index()
        let instances = try (1...3_000).map { try instance("1.\($0)", at: "a/1.\($0).dcm") }
        index.archived(Array(instances[..<10]))
        try await run(index) {
            for start in stride(from: 10, to: instances.count, by: 7) {
                index.archived(Array(instances[start..<min(start + 7, instances.count)]))
            }
        }
        #expect(try paths().count == 3_000)
        #expect(
            index.status
                == IndexState(
                    failure: nil,
                    isScanning: false,
                    isOpen: false,
                    missingInstances: 0,
                    missingSince: nil
                )
        )
    }

    @Test("what an index has missed, because it was not there, it reads from the files")
    func catchesUp() async throws {
        for number in 1...5 { _ = try instance("1.\(number)", at: "a/1.\(number).dcm") }
        try await settleOnce()
        _ = try instance("1.6", at: "b/c/1.6.dcm")
        try await settleOnce()
        #expect(try paths() == ["a/1.1.dcm", "a/1.2.dcm", "a/1.3.dcm", "a/1.4.dcm", "a/1.5.dcm", "b/c/1.6.dcm"])
    }

    @Test("an instance that was filed twice while the index was behind is told of, and counted")
    func filedTwice() async throws {
        _ = try instance("1.1", at: "a/1.1.dcm")
        try await settleOnce()
        _ = try instance("1.1", at: "b/1.1.dcm")
        _ = try instance("1.2", at: "b/1.2.dcm")
        let log = RecordedLog()
        let index = index(log.logger)
        try await run(index) { try Self.settle(index) }
        #expect(index.status.filedTwice == 1)
        #expect(log.messages.contains("an instance is archived twice: it came again while the index was behind"))
    }

    @Test("a queue without room remembers the folders, and the index reads them")
    func overflow() async throws {
        let log = RecordedLog()
        let index = index(log.logger)
        let large = try (1...5).map {
            try instance("1.\($0)", at: "f\($0)/1.\($0).dcm", attributeBytes: IndexLimits.queuedBytes / 3)
        }
        index.archived(large)
        #expect(index.status.missingInstances == 5)
        #expect(index.status.missingSince != nil)
        try await run(index) { try Self.settle(index) }
        #expect(try paths().count == 5)
        let queue = IndexQueue()
        queue.add(large)
        #expect(queue.takeMissed() == IndexQueue.Missed(folders: ["f4", "f5"], instances: 2))
        #expect(queue.take().count == 3)
    }

    @Test("with more folders than are remembered, all are looked at")
    func manyFolders() {
        var missed = IndexQueue.Missed()
        for number in 0...IndexLimits.missedFolders { missed.add("\(number)/x.dcm") }
        #expect(missed.folders == nil)
        missed.add("a/y.dcm")
        #expect(missed == IndexQueue.Missed(folders: nil, instances: IndexLimits.missedFolders + 2))
    }

    @Test("an instance that was there before gets a row from its file, if it has none")
    func identical() async throws {
        let index = index()
        index.archived([
            try instance("1.1", at: "a/1.1.dcm", outcome: .identical),
            try instance("1.2", at: "a/1.2.dcm", outcome: .keptFirst),
        ])
        try await run(index) { try Self.settle(index) }
        #expect(try paths() == ["a/1.1.dcm", "a/1.2.dcm"])
        // The row is the file's, not that of what was received.
        let row = try await IndexDatabase(reading: directory.index).read { try $0.instance(at: "a/1.1.dcm") }
        #expect(row?.attributes["PatientName"] == "Raw^Peer")
    }

    @Test("a database that another process has locked is waited for, said once, and written then")
    func locked() async throws {
        try await settleOnce()
        let behind = Gate()
        let log = GatedLog(behind, at: "the index is behind, receiving goes on")
        let index = index(log.logger)
        let other = try unlimited()
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
        let first = try instance("1.1", at: "a/1.1.dcm")
        let second = try instance("1.2", at: "a/1.2.dcm")
        try await run(index) {
            index.archived([first])
            #expect(behind.wait(seconds: 60))
            #expect(index.status.failure?.contains("another process has it locked") == true)
            #expect(index.status.isBehind)
            index.archived([second])
            try other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
            #expect(log.again.wait(seconds: 60))
            try Self.settle(index)
        }
        #expect(try paths() == ["a/1.1.dcm", "a/1.2.dcm"])
        #expect(log.messages.count { $0 == "the index is behind, receiving goes on" } == 1)
        #expect(index.status.failure == nil)
    }

    @Test(
        "a database that is damaged while it is written is put aside, and made anew from the files",
        arguments: [true, false]
    )
    func damaged(isNoDatabase: Bool) async throws {
        let instances = try (1...400).map { try instance("1.\($0)", at: "a/1.\($0).dcm") }
        try await settleOnce()
        let size = try contents(of: directory.index.string).count
        let garbage = [UInt8](repeating: 0x5A, count: isNoDatabase ? size : size - 4_096)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: directory.index.string))
        try file.seek(toOffset: isNoDatabase ? 0 : 4_096)
        try file.write(contentsOf: Data(garbage))
        try file.close()
        let log = GatedLog(Gate(), at: "")
        let index = index(log.logger)
        try await run(index) {
            index.archived([instances[0]])
            #expect(log.again.wait(seconds: 60))
            try Self.settle(index)
        }
        #expect(try paths().count == 400)
        #expect(FileManager.default.fileExists(atPath: directory.index.string + ".damaged"))
    }

    @Test("a database that is removed while it is written is made anew from the files")
    func removed() async throws {
        let first = try instance("1.1", at: "a/1.1.dcm")
        let second = try instance("1.2", at: "a/1.2.dcm")
        let log = GatedLog(Gate(), at: "")
        let index = index(log.logger)
        try await run(index) {
            index.archived([first])
            try Self.settle(index)
            for suffix in ["", "-wal", "-shm"] {
                try FileManager.default.removeItem(atPath: directory.index.string + suffix)
            }
            index.archived([second])
            #expect(log.again.wait(seconds: 60))
            try Self.settle(index)
        }
        #expect(try paths() == ["a/1.1.dcm", "a/1.2.dcm"])
    }

    @Test("an index of a later version is left alone, said once, and nothing waits for it")
    func newer() async throws {
        let database = try IndexDatabase(writing: directory.index)
        try await database.connections.write { try $0.execute(sql: "UPDATE index_version SET version = 99") }
        let behind = Gate()
        let log = GatedLog(behind, at: "the index is behind, receiving goes on")
        let index = index(log.logger)
        let first = try instance("1.1", at: "a/1.1.dcm")
        try await run(index) {
            index.archived([first])
            #expect(behind.wait(seconds: 60))
            #expect(index.copies(of: "1.1") == ["a/1.1.dcm"])
            #expect(index.copies(of: "1.2") == nil)
        }
        #expect(log.messages == ["the index is behind, receiving goes on"])
        #expect(index.status.failure?.contains("version 99") == true)
    }

    @Test("copies are known from the queue and from the rows; what was never told of cannot be")
    func copies() async throws {
        let index = index()
        let old = try instance("1.1", at: "a/1.1.dcm")
        #expect(!index.mayHave("1.1"))
        #expect(index.copies(of: "1.1") == nil)
        try await run(index) {
            index.archived([old])
            try Self.settle(index)
            #expect(index.mayHave("1.1"))
            #expect(index.copies(of: "1.1") == ["a/1.1.dcm"])
            #expect(!index.mayHave("1.2"))
            let lock = try unlimited()
            try lock.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            index.archived([try instance("1.1", at: "b/1.1.dcm"), try instance("1.2", at: "b/1.2.dcm")])
            #expect(index.mayHave("1.2"))
            #expect(index.copies(of: "1.1") == ["a/1.1.dcm", "b/1.1.dcm"])
            #expect(index.copies(of: "1.2") == ["b/1.2.dcm"])
            try lock.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        }
        #expect(try paths() == ["a/1.1.dcm", "b/1.1.dcm", "b/1.2.dcm"])
    }
}

/// A log that opens a gate at a message, and another one when the index is written again.
private final class GatedLog: Sendable {
    private let gate: Gate
    private let message: String
    private let recorded = Mutex<[String]>([])
    let again = Gate()

    init(_ gate: Gate, at message: String) {
        self.gate = gate
        self.message = message
    }

    var messages: [String] { recorded.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: GatedLog
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider?
        var logLevel = Logger.Level.info

        init(log: GatedLog) { self.log = log }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let message = "\(event.message)"
            log.recorded.withLock { $0.append(message) }
            if message == log.message { log.gate.open() }
            if message == "the index is written again" { log.again.open() }
        }
    }
}
