import Foundation
import TestSupport
import Testing

/// `archive adopt` and `archive remove` are killed while a node receives into the same archive.
@Suite("kill -9 of commands beside a running node", .serialized)
struct ArchiveCommandTests {
    private static func command(_ archive: String, _ words: [String]) -> [String] {
        ["archive"] + words.prefix(1) + ["--archive", archive] + words.dropFirst()
    }

    /// What is wrong: every instance must be there once, as it was sent.
    private static func faults(_ archive: String, _ sent: [SentInstance]) throws -> [String] {
        var faults: [String] = []
        let files = Dictionary(
            grouping: try filesBelow(archive).filter { !$0.hasPrefix(".") },
            by: { String($0.split(separator: "/").last?.dropLast(4) ?? "") }
        )
        for instance in sent {
            guard let found = files[instance.sopInstanceUID], found.count == 1 else {
                faults.append("\(instance.sopInstanceUID): \(files[instance.sopInstanceUID]?.count ?? 0) files")
                continue
            }
            if try Part10File(path: archive + "/" + found[0]).dataSet != instance.dataSet {
                faults.append("\(instance.sopInstanceUID) has other bytes")
            }
        }
        return faults
    }

    private static func instances(_ count: Int, seed: UInt64, _ generator: inout SeededGenerator) -> [SentInstance] {
        (0..<count).map { number in
            SentInstance(
                seed: seed + 1_000_000,
                sender: 0,
                number: number,
                pixels: 2 * Int.random(in: 1...(generator.oneIn(5) ? 200_000 : 4_000), using: &generator),
                study: number % 3
            )
        }
    }

    private static func write(_ instances: [SentInstance], to directory: TemporaryDirectory) throws {
        for instance in instances {
            let file = part10(
                sopClassUID: RawUID.ctImage,
                sopInstanceUID: instance.sopInstanceUID,
                transferSyntaxUID: RawUID.explicitLittle,
                dataSet: instance.dataSet
            )
            try directory.write(file, to: "source/\(instance.number)")
        }
    }

    /// Waits until something holds, or the process has ended.
    private static func wait(for process: ExternalProcess, until holds: () throws -> Bool) throws {
        while kill(process.processIdentifier, 0) == 0, try !holds() { usleep(200) }
    }

    @Test("an adoption that is killed leaves whole instances or none, and goes on", arguments: seeds(usually: 3))
    func adopt(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        let archive = directory.path + "/archive"
        var generator = SeededGenerator(seed: seed)
        let instances = Self.instances(60, seed: seed, &generator)
        try Self.write(instances, to: directory)
        let node = try ServedArchive(archive)
        let load = Load(seed: seed, port: node.port, associations: 2, steps: 20)
        try load.waitForMoment()
        for _ in 0..<2 {
            let enough = Int.random(in: 0...25, using: &generator)
            let process = try ExternalProcess(
                nodeExecutable,
                Self.command(archive, ["adopt", directory.path + "/source"])
            )
            try Self.wait(for: process) {
                let journal = try? contents(of: archive + "/.dicom-node/adopted")
                return journal.map { $0.count { $0 == UInt8(ascii: "\n") } >= enough } ?? false
            }
            process.send(SIGKILL)
            try process.wait()
            let names = Set(try filesBelow(archive).compactMap { $0.split(separator: "/").last.map { $0.dropLast(4) } })
            let present = instances.filter { names.contains(Substring($0.sopInstanceUID)) }
            #expect(try Self.faults(archive, present) == [], "CRASH_SEED=\(seed)")
        }
        let adopted = try run(nodeExecutable, Self.command(archive, ["adopt", directory.path + "/source"]))
        #expect(adopted.succeeded, "CRASH_SEED=\(seed) \(adopted)")
        load.stop()
        let record = try load.finish()
        #expect(record.refused.isEmpty, "CRASH_SEED=\(seed): \(record.refused)")
        try node.stop()
        #expect(try Self.faults(archive, instances + record.acknowledged) == [], "CRASH_SEED=\(seed)")
        #expect(try filesBelow(archive + "/.dicom-node/adopting") == [])
        let verified = try run(nodeExecutable, Self.command(archive, ["verify"]))
        #expect(verified.succeeded, "CRASH_SEED=\(seed) \(verified)")
        print("CRASH_SEED=\(seed): \(instances.count) adopted beside \(record.acknowledged.count) received")
    }

    @Test(
        "a removal that is killed leaves whole instances or none, and harms none that arrives",
        arguments: seeds(usually: 3)
    )
    func remove(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        let archive = directory.path + "/archive"
        var generator = SeededGenerator(seed: seed)
        let instances = Self.instances(90, seed: seed, &generator)
        try Self.write(instances, to: directory)
        let adopted = try run(nodeExecutable, Self.command(archive, ["adopt", directory.path + "/source"]))
        #expect(adopted.succeeded, "\(adopted)")
        let node = try ServedArchive(archive)
        let load = Load(seed: seed, port: node.port, associations: 2, steps: 20)
        try load.waitForMoment()
        let study = "1.2.826.0.1.3680043.2.1143.107.99.\(seed + 1_000_000).0.0.1"
        let words = ["remove", "--yes", "study", study]
        let left = Int.random(in: 1..<30, using: &generator)
        let process = try ExternalProcess(nodeExecutable, Self.command(archive, words))
        try Self.wait(for: process) { try filesBelow(archive + "/" + study).count <= left }
        process.send(SIGKILL)
        try process.wait()
        let names = Set(try filesBelow(archive).compactMap { $0.split(separator: "/").last.map { $0.dropLast(4) } })
        let present = instances.filter { names.contains(Substring($0.sopInstanceUID)) }
        #expect(present.filter { $0.study != 1 }.count == 60)
        #expect(try Self.faults(archive, present) == [], "CRASH_SEED=\(seed)")
        // What was removed before it was killed may be all; else the rest goes now.
        let again = try run(nodeExecutable, Self.command(archive, words))
        #expect(again.succeeded || again.errors.contains("no study"), "CRASH_SEED=\(seed) \(again)")
        load.stop()
        let record = try load.finish()
        #expect(record.refused.isEmpty, "CRASH_SEED=\(seed): \(record.refused)")
        try node.stop()
        #expect(!FileManager.default.fileExists(atPath: archive + "/" + study))
        let kept = instances.filter { $0.study != 1 } + record.acknowledged
        #expect(try Self.faults(archive, kept) == [], "CRASH_SEED=\(seed)")
        // The next start reads what the killed one has left in the index.
        let restarted = try ServedArchive(archive)
        try restarted.stop()
        let verified = try run(nodeExecutable, Self.command(archive, ["verify"]))
        #expect(verified.succeeded, "CRASH_SEED=\(seed) \(verified)")
    }
}
