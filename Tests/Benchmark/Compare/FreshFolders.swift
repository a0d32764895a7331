import Foundation
import Glibc

/// Gives each run a folder in a part of the ext4 file system where nothing was deleted lately.
///
/// ext4 does not give out an inode for some minutes after its deletion and steps over it in a linear search, so that
/// creating files where the last run's were deleted costs up to five times the processor time: a fault of the
/// measurement. A folder whose parent is marked "top of a hierarchy" is put into any group of inodes; folders are made
/// until one is in a group not used lately.
final class FreshFolders {
    /// mke2fs: 8,192 inodes a group, 16 groups that are allocated from together.
    private static let inodesPerRegion = 8_192 * 16
    private static let rest = 420.0

    private let parent: String
    private let record: String
    private var usedAt: [String: Double]
    private var sequence = 0

    init(below parent: String) throws {
        self.parent = parent + "/runs"
        record = parent + "/regions.json"
        try FileManager.default.createDirectory(atPath: self.parent, withIntermediateDirectories: true)
        Self.markAsTop(self.parent)
        let saved = try? JSONDecoder().decode([String: Double].self, from: Data(contents(of: record)))
        usedAt = saved ?? [:]
    }

    /// A new empty folder.
    func make() throws -> String {
        var best: (path: String, age: Double, region: String)?
        for _ in 0..<200 {
            sequence += 1
            let path = "\(parent)/\(getpid())-\(sequence)"
            guard mkdir(path, 0o755) == 0 else { throw BenchError.lastSystemError(path) }
            var status = stat()
            stat(path, &status)
            let region = "\(Int(status.st_ino) / Self.inodesPerRegion)"
            let age = Double(time(nil)) - (usedAt[region] ?? 0)
            if let known = best, known.age >= age {
                rmdir(path)
            } else {
                if let known = best { rmdir(known.path) }
                best = (path, age, region)
            }
            if age > Self.rest { break }
        }
        guard let best else { throw BenchError.unusable("no folder could be made below \(parent)") }
        usedAt[best.region] = Double(time(nil))
        return best.path
    }

    /// Deletes the folder and what the server put beside it, and remembers when.
    func remove(_ path: String) throws {
        for file in [path, path + ".cfg", path + ".json", path + ".log", path + ".key", path + ".pem"] {
            try? FileManager.default.removeItem(atPath: file)
        }
        try JSONEncoder().encode(usedAt).write(to: URL(fileURLWithPath: record))
    }

    /// The attribute T of chattr; other file systems refuse it, and do not need it.
    private static func markAsTop(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let (getFlags, setFlags, top): (UInt, UInt, Int) = (0x8008_6601, 0x4008_6602, 0x0002_0000)
        var flags = 0
        if ioctl(descriptor, getFlags, &flags) == 0 {
            flags |= top
            _ = ioctl(descriptor, setFlags, &flags)
        }
    }
}
