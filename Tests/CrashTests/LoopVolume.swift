import Foundation
import TestSupport

/// A file system that a test can mount on a file.
enum FileSystemKind: String, CaseIterable {
    case ext4, xfs, btrfs, exfat

    /// The smallest that mkfs makes, rounded up.
    var size: String {
        switch self {
        case .ext4: "64M"
        case .xfs: "300M"
        case .btrfs: "128M"
        case .exfat: "64M"
        }
    }

    /// What the disk writes whole or not at all, bytes: a physical sector of today's disks. The file systems rely on it
    /// for their superblocks.
    static let sector = 4096

    /// Makes the file system on a new file.
    func make(on image: String) throws {
        try succeed("truncate", ["-s", size, image])
        switch self {
        case .ext4:
            try succeed("mkfs.ext4", ["-q", "-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0", image])
        case .xfs: try succeed("mkfs.xfs", ["-q", "-s", "size=4096", image])
        case .btrfs: try succeed("mkfs.btrfs", ["-q", "-s", "4096", image])
        case .exfat: try succeed("mkfs.exfat", [image])
        }
    }

    /// Mounts it from an image.
    func mount(_ image: String, at path: String) throws -> LoopVolume {
        switch self {
        case .ext4, .xfs, .btrfs: try LoopVolume(image, at: path)
        // By way of FUSE, which has neither hard links, nor files without a name, nor renames that spare what is there.
        case .exfat: try LoopVolume(image, at: path, type: "exfat-fuse")
        }
    }

    /// Why it cannot be had here; nil if it can.
    var obstacle: String? { Self.obstacles[self] ?? nil }

    /// Found out once, by mounting each.
    private static let obstacles: [FileSystemKind: String?] = Dictionary(
        uniqueKeysWithValues: allCases.map { kind in
            do {
                let directory = try TemporaryDirectory()
                try kind.make(on: directory.path + "/image")
                try kind.mount(directory.path + "/image", at: directory.path + "/mount").unmount()
                return (kind, nil)
            } catch {
                return (kind, "\(error)")
            }
        }
    )
}

/// A mounted file system. It is unmounted at the latest when the last reference goes.
final class LoopVolume: Sendable {
    let path: String

    /// Mounts an image, for which mount finds a loop device, or a block device.
    /// - Parameter type: nil: what is found on it.
    init(_ device: String, at path: String, isBlockDevice: Bool = false, type: String? = nil) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try succeed(
            "mount",
            (isBlockDevice ? [] : ["-o", "loop"]) + (type.map { ["-t", $0] } ?? []) + [device, path]
        )
        self.path = path
    }

    /// Mounts a file system without a device.
    init(type: String, at path: String, options: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try succeed("mount", ["-t", type, "-o", options, type, path])
        self.path = path
    }

    /// Unmounts it; the loop device goes with it.
    func unmount() throws { try succeed("umount", [path]) }

    deinit {
        // After a test that failed; else there is nothing mounted any more.
        _ = try? run("umount", ["--lazy", "--quiet", path])
    }
}

/// Runs a program that must succeed, and returns its output.
@discardableResult
func succeed(_ executable: String, _ arguments: [String]) throws -> String {
    let result = try run(executable, arguments)
    guard result.succeeded else {
        throw ProcessError("\(([executable] + arguments).joined(separator: " ")): \(result)")
    }
    return result.output
}
