package import Foundation

/// The root of the package, found from this file.
package let packageRoot = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// The release binary under test: `make test` builds it; NODE_EXECUTABLE names another one.
package var nodeExecutable: String {
    ProcessInfo.processInfo.environment["NODE_EXECUTABLE"]
        ?? packageRoot.appendingPathComponent(".build/release/dicom-node").path
}

/// A `dicom-node serve` of its own for one test, on a port that the system chose, with an archive of its own.
package final class Node: Sendable {
    /// The running command.
    package let process: ExternalProcess
    /// The port of the ready line; where there are two, that without TLS.
    package let port: UInt16
    /// The port with TLS, if there is one.
    package let tlsPort: UInt16?
    /// The ready line as it was written.
    package let readyLine: String
    /// The archive's directory.
    package let archive: String

    private let directory: TemporaryDirectory

    /// The AE title that `serve` is started with.
    package static let title = "DICOMNODE"

    /// Starts the node and waits for its ready line.
    /// - Parameters:
    ///   - options: further options of `serve`.
    ///   - prefix: a command that runs the node, such as strace with its options.
    package init(_ options: [String] = [], prefix: [String] = []) throws {
        directory = try TemporaryDirectory()
        archive = directory.path + "/archive"
        let command =
            prefix + [
                nodeExecutable, "serve", "--host", "127.0.0.1", "--port", "0", "--ae-title", Node.title,
                "--archive", archive,
            ] + options
        process = try ExternalProcess(command[0], Array(command.dropFirst()))
        readyLine = try process.firstLine()
        let words = readyLine.split(whereSeparator: { $0 == " " || $0 == "," })
        guard readyLine.hasPrefix("listening on "), words.count > 2,
            let port = words[2].split(separator: ":").last.flatMap({ UInt16($0) })
        else {
            throw ProcessError("not a ready line: \(readyLine)")
        }
        self.port = port
        tlsPort = readyLine.firstMatch(of: /:(\d+) \(TLS\)/).flatMap { UInt16($0.1) }
    }

    /// Asks the node to stop as `systemctl stop` does, and waits until it has.
    @discardableResult
    package func stop(seconds: Double = 60) throws -> Termination {
        process.send(SIGTERM)
        return try process.wait(seconds: seconds)
    }

    /// Paths of the instances in the archive, relative to it. Whatever is hidden is not an instance.
    package func instances() throws -> [String] {
        try filesBelow(archive).filter { !$0.hasPrefix(".") && !$0.contains("/.") }
    }

    /// The one archived file whose name begins with the SOP Instance UID.
    package func archived(_ sopInstanceUID: String) throws -> Part10File {
        let found = try instances().filter { $0.hasSuffix("/" + sopInstanceUID + ".dcm") }
        guard found.count == 1 else {
            throw ProcessError("\(found.count) files for \(sopInstanceUID) among \(try instances())")
        }
        return try Part10File(path: archive + "/" + found[0])
    }

    /// A figure of /proc/PID/status in KiB, such as VmHWM (the peak resident set) or VmRSS.
    package func memory(_ field: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        for line in status.split(separator: "\n") where line.hasPrefix(field + ":") {
            if let number = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({
                Int($0)
            }) {
                return number
            }
        }
        throw ProcessError("no \(field) in /proc/\(process.processIdentifier)/status")
    }

    /// How many file descriptors the node holds.
    package func openDescriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/fd").count
    }
}

/// Runs `body` against a node; afterwards the node must still be able to stop as it should, with exit code 0.
package func withNode<R>(_ options: [String] = [], prefix: [String] = [], _ body: (Node) throws -> R) throws -> R {
    let node = try Node(options, prefix: prefix)
    let result: R
    do {
        result = try body(node)
    } catch {
        throw ProcessError("\(error)\nthe node said:\n\(node.process.output)\(node.process.errors)")
    }
    let termination = try node.stop()
    guard termination == .exit(0) else {
        throw ProcessError("the node ended with \(termination):\n\(node.process.errors)")
    }
    return result
}
