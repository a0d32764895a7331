import Foundation
import TestSupport

/// strace as a disk that fails: the node's system calls return what we want.
enum Strace {
    /// Whether a process may be traced here: some containers forbid it.
    static let isAvailable: Bool = (try? run("strace", ["-o", "/dev/null", "true"]).succeeded) == true

    /// Starts a node on a new archive that finds no nameless files, as on NFS or FUSE: it tries one when it starts.
    static func startWithNamedTemporaries(_ archive: String, isIndexed: Bool = false) throws -> ServedArchive {
        let node = try ServedArchive(
            archive,
            isIndexed: isIndexed,
            prefix: [
                "strace", "-D", "-I", "waiting", "-f", "-o", "/dev/null", "-e", "trace=linkat", "-e", "signal=none",
                "-e", "inject=linkat:error=EOPNOTSUPP",
            ]
        )
        // Without strace from here on: it detaches from what it traces when it is told to end.
        let tracer = try self.tracer(of: node.process.processIdentifier)
        guard tracer > 0 else { throw ProcessError("strace does not trace the node") }
        kill(tracer, SIGTERM)
        try wait(for: "strace to let go") { try self.tracer(of: node.process.processIdentifier) == 0 }
        return node
    }

    private static func tracer(of process: Int32) throws -> Int32 {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("TracerPid:") }
        return line?.split(separator: "\t").last.flatMap { Int32($0) } ?? 0
    }

    /// Runs `body` while the calls of the node's I/O threads are tampered with; no other thread is touched, so that
    /// what goes over the network is not.
    /// - Parameter injections: as `strace -e inject=` takes them.
    /// - Returns: what `body` returns, and how many calls were tampered with.
    static func injecting<R>(
        _ injections: [String],
        into node: ServedArchive,
        _ body: () throws -> R
    ) throws -> (result: R, injected: Int) {
        let directory = try TemporaryDirectory()
        let output = directory.path + "/trace"
        let threads = try node.ioThreads()
        guard !threads.isEmpty else { throw ProcessError("the node's I/O threads have another name now") }
        let calls = injections.map { $0.prefix { $0 != ":" } }.joined(separator: ",")
        let strace = try ExternalProcess(
            "strace",
            ["-o", output, "-e", "trace=" + calls, "-e", "signal=none"]
                + injections.flatMap { ["-e", "inject=" + $0] } + threads.flatMap { ["-p", "\($0)"] }
        )
        try wait(for: "strace to attach: \(strace.errors)") {
            strace.errors.components(separatedBy: " attached").count > threads.count
        }
        let result = Result { try body() }
        strace.send(SIGINT)
        try strace.wait()
        let trace = try String(contentsOfFile: output, encoding: .utf8)
        return (try result.get(), trace.components(separatedBy: "INJECTED").count - 1)
    }

    /// Looks until it is so: what another process does to a third one is not told to us.
    static func wait(for what: @autoclosure () -> String, _ isSo: () throws -> Bool) throws {
        for _ in 0..<10_000 {
            if try isSo() { return }
            poll(nil, 0, 1)
        }
        throw ProcessError("waited in vain for \(what())")
    }
}
