import Foundation
import TestSupport
import Testing

@Suite(
    "Power cuts under load",
    .serialized,
    .enabled(if: VolatileDisk.obstacle == nil, "\(VolatileDisk.obstacle ?? "")")
)
struct PowerCutTests {
    /// Which file system a round takes: mostly ext4, the others where they are to be had.
    private static func kind(of seed: UInt64) -> FileSystemKind {
        let wanted: FileSystemKind =
            switch seed % 5 {
            case 2: .xfs
            case 3: .btrfs
            default: .ext4
            }
        guard let obstacle = wanted.obstacle else { return wanted }
        print("\(wanted) is skipped, ext4 takes its place: \(obstacle)")
        return .ext4
    }

    @Test("what was acknowledged is there after the power came back", arguments: seeds(usually: 5))
    func cut(seed: UInt64) throws {
        let outcome = try Self.round(seed, Self.kind(of: seed), options: [])
        #expect(outcome.faults.isEmpty, "CRASH_SEED=\(seed)")
        // A machine without power answers nothing; one whose disk has failed does.
        #expect(outcome.later.isEmpty, "answered after the cut, CRASH_SEED=\(seed)")
    }

    /// Why the archive makes a file after its syncs: what they say of names is not the whole truth, but no file can be
    /// made then.
    @Test(
        "after a failed commit of the journal no file can be made, whatever fsync says",
        arguments: [.ext4, .xfs, .btrfs].filter { (kind: FileSystemKind) in kind.obstacle == nil }
    )
    func failedCommit(kind: FileSystemKind) throws {
        let directory = try TemporaryDirectory()
        let image = directory.path + "/image"
        try kind.make(on: image)
        let disk = try VolatileDisk(image, sector: FileSystemKind.sector, at: directory.path + "/disk")
        let volume = try LoopVolume(disk.device, at: directory.path + "/before", isBlockDevice: true)
        let paths = ["a", "b"].map { "\(volume.path)/\($0)" }
        for path in paths { try #require(mkdir(path, 0o755) == 0) }
        sync()
        let descriptors = paths.map { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        for descriptor in descriptors { close(openat(descriptor, "new", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)) }
        try disk.cut(seed: 0)
        let synced = descriptors.map { fsync($0) == 0 }
        let isMade = close(open("\(volume.path)/probe", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)) == 0
        for descriptor in descriptors { close(descriptor) }
        try volume.unmount()
        try disk.remove()
        let after = try LoopVolume(image, at: directory.path + "/after")
        let isKept = ["a", "b"].map { access("\(after.path)/\($0)/new", F_OK) == 0 }
        try after.unmount()
        print("\(kind): fsync succeeded \(synced), kept \(isKept), a file could be made: \(isMade)")
        #expect(!isMade)
    }

    /// A test that cannot fail shows nothing: without syncs, the same rounds must lose something.
    @Test("with --archive-sync never, acknowledged instances are lost")
    func teeth() throws {
        let outcome = try Self.round(4, .ext4, options: ["--archive-sync", "never"], steps: 60)
        #expect(outcome.faults.contains { $0.hasPrefix("acknowledged") })
    }

    private static func round(
        _ seed: UInt64,
        _ kind: FileSystemKind,
        options: [String],
        steps: Int? = nil
    ) throws -> (faults: [String], later: [String]) {
        let directory = try TemporaryDirectory()
        var generator = SeededGenerator(seed: seed)
        let image = directory.path + "/image"
        try kind.make(on: image)
        let disk = try VolatileDisk(image, sector: FileSystemKind.sector, at: directory.path + "/disk")
        let volume = try LoopVolume(disk.device, at: directory.path + "/before", isBlockDevice: true)
        let node = try ServedArchive(volume.path + "/archive", options, isIndexed: true)
        let ownFiles = try ArchiveVerdict.ownFiles(of: node.archive)

        let load = Load(
            seed: seed,
            port: node.port,
            associations: Int.random(in: 2...6, using: &generator),
            steps: steps ?? Int.random(in: 1...200, using: &generator)
        )
        try load.waitForMoment()
        // Into the gaps between two steps of the senders, too: while the disk is written.
        usleep(UInt32.random(in: 0...3000, using: &generator))
        let early = load.ledger.snapshot
        try disk.cut(seed: seed)
        // The machine would be dark now. Ours goes on a while on a disk that fails everything: what it still
        // acknowledges must be safe as well.
        load.stop()
        let record = try load.finish()
        try node.kill()
        try volume.unmount()
        try disk.remove()

        let after = try LoopVolume(image, at: directory.path + "/after")
        let restarted = try ServedArchive(after.path + "/archive", options, isIndexed: true)
        var before = record
        before.acknowledged = early.acknowledged
        var faults = try ArchiveVerdict.faults(restarted.archive, before, ownFiles: ownFiles)
        let later = try ArchiveVerdict.faults(restarted.archive, record, ownFiles: ownFiles)
            .filter { !faults.contains($0) }
        if !early.refused.isEmpty || !early.ends.isEmpty { faults.append("before: \(early.refused) \(early.ends)") }
        let rows = try IndexVerdict.faults(restarted.archive, isRunning: true)
        let next = SentInstance(seed: seed, sender: 99, number: 0, pixels: 1000, study: 0)
        if try store([next], port: restarted.port) != [0] { faults.append("nothing can be stored any more") }
        try restarted.stop()
        faults += try rows + IndexVerdict.faults(restarted.archive, isRunning: false)
        try after.unmount()
        print(
            "CRASH_SEED=\(seed): \(kind), \(early.acknowledged.count) acknowledged of \(early.begun.count) at the cut, "
                + "\(disk.unflushedWrites) writes unflushed, \(record.acknowledged.count - early.acknowledged.count) "
                + "acknowledged by the dead disk's node, \(later.count) of them lost"
        )
        return (faults, later)
    }
}
