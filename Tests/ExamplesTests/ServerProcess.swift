import Foundation
import Glibc

/// An example server's binary, running.
final class ServerProcess {
    /// The process ended before it was ready.
    struct NotReady: Error {}

    let port: Int
    let readyLine: String
    private let process: Process
    private let errors: Pipe

    /// Starts the binary of that name beside the tests' own, on a port that the kernel chooses.
    convenience init(_ name: String, _ arguments: String...) throws {
        let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        try self.init(products.appending(path: name), ["--port", "0"] + arguments)
    }

    /// Starts a server, and waits until it says where it listens.
    init(_ executable: URL, _ arguments: [String]) throws {
        process = Process()
        process.executableURL = executable
        process.arguments = arguments
        let output = Pipe()
        errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()

        var line = Data()
        while line.last != UInt8(ascii: "\n"), let byte = try output.fileHandleForReading.read(upToCount: 1) {
            line += byte
        }
        readyLine = String(decoding: line, as: UTF8.self)
        guard let port = Int(readyLine.split(separator: ":").last?.dropLast() ?? "") else { throw NotReady() }
        self.port = port
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    /// Asks the server to stop.
    func terminate() {
        process.terminate()
    }

    /// Ends the server.
    func kill() {
        _ = Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Waits for the end; the exit code, or nil if a signal ended the process.
    func exitCode() -> Int32? {
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : nil
    }

    /// What the server has written to standard error; to be called after its end.
    func complaints() throws -> String {
        String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    }

    /// How many descriptors the process has open.
    func openDescriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/fd").count
    }
}
