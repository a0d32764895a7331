import Foundation
import TestSupport

/// A `dicom-node serve` on an archive that outlives it: the test kills it, and starts another one there.
final class ServedArchive: Sendable {
    let process: ExternalProcess
    let port: UInt16
    let archive: String

    /// Starts the node and waits for its ready line.
    /// - Parameters:
    ///   - isIndexed: It keeps an index; not where system calls and descriptors of the archive alone are counted.
    ///   - prefix: a command that runs the node, such as strace with its options.
    init(_ archive: String, _ options: [String] = [], isIndexed: Bool = false, prefix: [String] = []) throws {
        self.archive = archive
        let index = ["--index-enabled", "\(isIndexed)"]
        process = try ServedArchive.start(archive, options + index, prefix: prefix)
        let readyLine = try process.firstLine()
        let words = readyLine.split(whereSeparator: { $0 == " " || $0 == "," })
        guard readyLine.hasPrefix("listening on "), words.count > 2,
            let port = words[2].split(separator: ":").last.flatMap({ UInt16($0) })
        else {
            throw ProcessError("not a ready line: \(readyLine)")
        }
        self.port = port
    }

    /// Starts a node and does not wait for it.
    static func start(_ archive: String, _ options: [String] = [], prefix: [String] = []) throws -> ExternalProcess {
        let command =
            prefix + [
                nodeExecutable, "serve", "--host", "127.0.0.1", "--port", "0", "--ae-title", Node.title,
                "--archive", archive,
                // The disks of these tests are small, and some are to be filled to the brim.
                "--archive-minimum-free", "0",
            ] + options
        return try ExternalProcess(command[0], Array(command.dropFirst()))
    }

    /// Kills the node as `kill -9` does, and waits until it is gone.
    func kill() throws {
        process.send(SIGKILL)
        try process.wait()
    }

    /// Stops the node as `systemctl stop` does; it must end with exit code 0.
    func stop() throws {
        process.send(SIGTERM)
        let termination = try process.wait()
        guard termination == .exit(0) else {
            throw ProcessError("the node ended with \(termination):\n\(process.errors)")
        }
    }

    /// The threads that do the node's file-system calls: those that have the name of NIO's thread pool.
    func ioThreads() throws -> [Int32] {
        let directory = "/proc/\(process.processIdentifier)/task"
        return try FileManager.default.contentsOfDirectory(atPath: directory).filter { thread in
            let name = try? String(contentsOfFile: "\(directory)/\(thread)/comm", encoding: .utf8)
            return name?.hasPrefix("TP-#") == true
        }.compactMap { Int32($0) }
    }

    /// How many file descriptors the node holds.
    func openDescriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/fd").count
    }
}
