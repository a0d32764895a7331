import Foundation
import TestSupport
import Testing

/// Rounds of a test, and their seeds: `CRASH_ROUNDS` says how many, `CRASH_SEED` replays one.
func seeds(usually count: UInt64) -> [UInt64] {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["CRASH_SEED"].flatMap({ UInt64($0) }) { return [seed] }
    return Array(1...(environment["CRASH_ROUNDS"].flatMap { UInt64($0) }.map { max(1, $0) } ?? count))
}

@Suite("kill -9 under load", .serialized)
struct KillTests {
    @Test(
        "what was acknowledged is there, all else is absent or whole, nothing is left over",
        arguments: seeds(usually: 20)
    )
    func kill(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        let archive = directory.path + "/archive"
        var generator = SeededGenerator(seed: seed)
        // Where the file system has no nameless files, temporaries have names, and stay.
        let named = generator.oneIn(4) && Strace.isAvailable
        let node =
            try named
            ? Strace.startWithNamedTemporaries(archive, isIndexed: true) : ServedArchive(archive, isIndexed: true)
        let ownFiles = try ArchiveVerdict.ownFiles(of: archive)

        let load = Load(
            seed: seed,
            port: node.port,
            associations: Int.random(in: 2...6, using: &generator),
            steps: Int.random(in: 1...200, using: &generator)
        )
        try load.waitForMoment()
        // Into the gaps between two steps of the senders, too: while the disk is written.
        usleep(UInt32.random(in: 0...3000, using: &generator))
        let early = load.ledger.snapshot.ends
        try node.kill()
        let record = try load.finish()
        #expect(early.isEmpty && record.refused.isEmpty, "before the kill: \(early) \(record.refused)")

        if generator.oneIn(4) {
            // And once more, while it recovers.
            let second = try ServedArchive.start(archive)
            // No event tells how far the recovery is; the moment is drawn.
            usleep(UInt32.random(in: 0...60_000, using: &generator))
            second.send(SIGKILL)
            try second.wait()
        }
        let restarted = try ServedArchive(archive, isIndexed: true)
        let faults = try ArchiveVerdict.faults(archive, record, ownFiles: ownFiles)
        #expect(faults.isEmpty, "CRASH_SEED=\(seed)")
        #expect(try IndexVerdict.faults(archive, isRunning: true).isEmpty, "CRASH_SEED=\(seed)")

        // A modality sends again what was not acknowledged: now it is, whether it was there or not, and there once.
        let lost = record.begun.subtracting(record.acknowledged).sorted { $0.number < $1.number }
        var after = record
        after.acknowledged.formUnion(lost)
        #expect(try store(lost, port: restarted.port).allSatisfy { $0 == 0 }, "CRASH_SEED=\(seed)")
        try restarted.stop()
        let later = try ArchiveVerdict.faults(archive, after, ownFiles: ownFiles)
        #expect(later.isEmpty, "after sending again, CRASH_SEED=\(seed)")
        let rows = try IndexVerdict.faults(archive, isRunning: false)
        #expect(rows.isEmpty, "after sending again, CRASH_SEED=\(seed)")
        print(
            "CRASH_SEED=\(seed): \(record.acknowledged.count) acknowledged of \(record.begun.count)"
                + (named ? ", named temporaries" : "")
        )
    }
}
