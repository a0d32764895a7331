import Foundation
import TestSupport

/// A disk whose power can be cut: a loop device on `volatile-disk`, which keeps what was not flushed apart.
final class VolatileDisk: Sendable {
    /// The block device.
    let device: String
    /// What is left of the disk after the cut.
    let image: String

    private let mountPoint: String
    private let process: ExternalProcess

    /// The program that `make test` builds.
    static let program = packageRoot.appendingPathComponent(".build/volatile-disk").path

    /// Why there is no such disk here; nil if there is.
    static let obstacle: String? = {
        guard geteuid() == 0 else { return "only root can make loop devices" }
        guard FileManager.default.isExecutableFile(atPath: program) else { return "\(program) was not built" }
        do {
            let directory = try TemporaryDirectory()
            let image = try directory.write([UInt8](repeating: 0, count: 1 << 20), to: "image")
            try VolatileDisk(image, sector: 512, at: directory.path + "/disk").remove()
            return nil
        } catch {
            return "\(error)"
        }
    }()

    /// - Parameters:
    ///   - image: a file; its content is the disk's.
    ///   - sector: what the disk writes whole or not at all, bytes.
    init(_ image: String, sector: Int, at mountPoint: String) throws {
        self.image = image
        self.mountPoint = mountPoint
        try FileManager.default.createDirectory(atPath: mountPoint, withIntermediateDirectories: true)
        let process = try ExternalProcess(Self.program, [image, mountPoint, "\(sector)"])
        self.process = process
        try Strace.wait(for: "the volatile disk: \(process.errors)") {
            FileManager.default.fileExists(atPath: mountPoint + "/disk")
        }
        device = try succeed(
            "losetup",
            ["--find", "--show", "--sector-size", "\(sector)", mountPoint + "/disk"]
        ).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Cuts the power: from now on the disk fails every operation. The seed decides what survives of what it had not
    /// been told to flush.
    func cut(seed: UInt64) throws {
        let file = open(mountPoint + "/cut", O_WRONLY)
        guard file >= 0 else { throw ProcessError("cannot cut the power: errno \(errno)") }
        defer { close(file) }
        let text = Array("\(seed)".utf8)
        guard write(file, text, text.count) == text.count else { throw ProcessError("not cut: errno \(errno)") }
    }

    /// How many writes the disk had not flushed when the power was cut.
    var unflushedWrites: Int {
        // "cut with N writes in …"
        process.output.split(separator: " ").dropFirst(2).first.flatMap { Int($0) } ?? 0
    }

    /// Takes the device away; the image stays.
    func remove() throws {
        try succeed("losetup", ["--detach", device])
        try succeed("umount", [mountPoint])
        try process.wait()
    }

    deinit {
        // After a test that failed; else there is nothing left to take away.
        if (try? process.wait(seconds: 0)) == nil {
            _ = try? run("losetup", ["--detach", device])
            _ = try? run("umount", ["--lazy", "--quiet", mountPoint])
        }
    }
}
