import Foundation
import TestSupport
import Testing

/// Where the archive of a test lies.
enum VolumeKind: String, CaseIterable, Sendable {
    case ext4, xfs, btrfs, exfat, tmpfs

    /// Mounts one that is empty; nil, with the reason printed, where it cannot be had.
    func mount(in directory: TemporaryDirectory) throws -> LoopVolume? {
        if let kind = FileSystemKind(rawValue: rawValue) {
            if let obstacle = kind.obstacle {
                print("\(self) is skipped: \(obstacle)")
                return nil
            }
            try kind.make(on: directory.path + "/image")
            return try kind.mount(directory.path + "/image", at: directory.path + "/mount")
        }
        do {
            return try LoopVolume(type: "tmpfs", at: directory.path + "/mount", options: "size=64m")
        } catch {
            print("\(self) is skipped: \(error)")
            return nil
        }
    }
}

@Suite("Real file systems", .serialized)
struct VolumeTests {
    /// On a disk that is full until room is made.
    @Test(
        "a full disk refuses with A700H, keeps what it has, and takes instances again when freed",
        arguments: VolumeKind.allCases
    )
    func full(kind: VolumeKind) throws {
        let directory = try TemporaryDirectory()
        guard let volume = try kind.mount(in: directory) else { return }
        let node = try ServedArchive(volume.path + "/archive", isIndexed: true)
        let ownFiles = try ArchiveVerdict.ownFiles(of: node.archive)
        // Something that can be freed later, and leaves about 16 MiB.
        try fill(volume.path, upTo: 16 << 20)

        let load = Load(seed: 3, port: node.port, associations: 3, steps: .max, until: { $0.refused.count >= 6 })
        let record = try load.finish()
        #expect(record.ends.isEmpty, "every association lived to its end")
        #expect(!record.acknowledged.isEmpty && !record.refused.isEmpty)
        #expect(record.refused.values.allSatisfy { $0 == 0xA700 }, "\(record.refused.values)")
        let faults = try ArchiveVerdict.faults(node.archive, record, ownFiles: ownFiles)
        #expect(faults.isEmpty)

        unlink(volume.path + "/filler")
        let statuses = try store(Array(record.refused.keys), port: node.port)
        #expect(statuses.allSatisfy { $0 == 0 }, "\(statuses)")
        var after = record
        after.acknowledged.formUnion(record.refused.keys)
        #expect(try IndexVerdict.faults(node.archive, isRunning: true).isEmpty)
        try node.stop()
        let later = try ArchiveVerdict.faults(node.archive, after, ownFiles: ownFiles)
        #expect(later.isEmpty)
        // It was behind while the disk was full, and has been written since.
        let rows = try IndexVerdict.faults(node.archive, isRunning: false)
        #expect(rows.isEmpty)
        #expect(after.acknowledged == after.begun)
        try volume.unmount()
    }

    @Test("with less free than --archive-minimum-free, instances are refused with A700H and leave nothing")
    func minimumFree() throws {
        let directory = try TemporaryDirectory()
        let node = try ServedArchive(directory.path + "/archive", ["--archive-minimum-free", "1000TiB"])
        let files = try filesBelow(node.archive)
        let instances = (0..<3).map { SentInstance(seed: 4, sender: 0, number: $0, pixels: 2 << 20, study: $0) }
        #expect(try store(instances, port: node.port) == [0xA700, 0xA700, 0xA700])
        #expect(try filesBelow(node.archive) == files)
        try node.stop()
        #expect(node.process.errors.contains("instances are refused (A700H) until there is room"))
    }

    /// Takes all space but `rest` bytes.
    private func fill(_ path: String, upTo rest: UInt64) throws {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: path)
        guard let free = attributes[.systemFreeSize] as? UInt64, free > rest else {
            throw ProcessError("no room on \(path)")
        }
        let file = open(path + "/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw ProcessError("cannot fill \(path): errno \(errno)") }
        defer { close(file) }
        let code = posix_fallocate(file, 0, off_t(free - rest))
        guard code == 0 else { throw ProcessError("cannot fill \(path): error \(code)") }
    }
}
