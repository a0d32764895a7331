import Foundation
import TestSupport
import Testing

@Suite("Verification, with DCMTK and pynetdicom")
struct EchoTests {
    @Test("echoscu is answered, also many times and with many contexts")
    func echoscu() throws {
        try withNode { node in
            for options in [[], ["--repeat", "5"], ["--propose-pc", "128"], ["--propose-ts", "38"], ["--abort"]] {
                let result = try run("echoscu", options + ["-aec", Node.title, "127.0.0.1", "\(node.port)"])
                #expect(result.succeeded, "\(options): \(result)")
            }
        }
    }

    @Test("pynetdicom's C-ECHO gets 0000H and its release")
    func pynetdicom() throws {
        try withNode { node in
            let result = try run(python, [script("echoscu"), "\(node.port)"])
            #expect(result.succeeded, "\(result)")
            #expect(result.output == "0000H\n")
        }
    }

    @Test("our echo is answered by our serve")
    func ourselves() throws {
        try withNode { node in
            let result = try run(nodeExecutable, ["echo", "127.0.0.1", "\(node.port)"])
            #expect(result.succeeded, "\(result)")
        }
    }

    @Test("our echo is answered by DCMTK's storescp")
    func storescp() throws {
        let listener = try RawListener()
        let echo = try ExternalProcess(nodeExecutable, ["echo", "127.0.0.1", "\(listener.port)"])
        let scp = try listener.accept { try ExternalProcess("storescp", ["--inetd"], standardInput: $0) }
        #expect(try echo.wait() == .exit(0), "\(echo.errors)")
        try scp.wait()
    }

    @Test("our echo is answered by pynetdicom")
    func pynetdicomSCP() throws {
        try withPynetdicomSCP { scp in
            let titles = ["--calling-ae-title", "HERE", "--called-ae-title", "PYNETDICOM"]
            let result = try run(nodeExecutable, ["echo"] + titles + ["127.0.0.1", "\(scp.port)"])
            #expect(result.succeeded, "\(result)")
        }
    }

    @Test("success is one line with the round-trip time, and --quiet leaves it out; an IPv6 address may be in brackets")
    func successLine() throws {
        try withNode(["--listen-host", "::"]) { node in
            let result = try run(nodeExecutable, ["echo", "[::1]", "\(node.port)"])
            #expect(result.succeeded, "\(result)")
            #expect(result.output.wholeMatch(of: /\[::1\]:\d+ answered C-ECHO in \d+\.\d\d ms\n/) != nil, "\(result)")
            let quiet = try run(nodeExecutable, ["echo", "--quiet", "127.0.0.1", "\(node.port)"])
            #expect(quiet.succeeded && quiet.output.isEmpty && quiet.errors.isEmpty, "\(quiet)")
        }
    }

    @Test("no C-ECHO goes out on a context that was refused, and the message has the peer's reason")
    func refusedContext() throws {
        let peer = try RawAcceptor { _, association in
            try association.accept { _ in 3 }
            if try association.message() == nil { try association.release() }
        }
        let result = try run(nodeExecutable, ["echo", "127.0.0.1", "\(peer.port)"])
        #expect(result.termination == .exit(1))
        #expect(result.errors.contains("Verification refused (abstract syntax not supported)"), "\(result)")
        #expect(peer.messages.isEmpty)
    }

    @Test("an abort by the peer is called that, before the association as within it", arguments: [true, false])
    func abort(isAccepted: Bool) throws {
        let peer = try RawAcceptor { _, association in
            if isAccepted { try association.accept() } else { _ = try association.request() }
            try association.abort()
        }
        let result = try run(nodeExecutable, ["echo", "127.0.0.1", "\(peer.port)"])
        #expect(result.termination == .exit(1))
        #expect(
            result.errors.contains("association aborted by the peer 127.0.0.1:\(peer.port): service-user (0,0)"),
            "\(result)"
        )
    }

    @Test("the deadlines for the association and for the response are options, and the message says which one it was")
    func deadlines() throws {
        let peer = try RawAcceptor { number, association in
            if number == 0 { _ = try association.request() } else { try association.accept() }
            while (try? association.socket.receive(limit: 4_096)) != nil {}
        }
        for (option, words) in [("association", "A-ASSOCIATE-RQ"), ("response", "response timeout")] {
            let result = try run(nodeExecutable, ["echo", "--\(option)-timeout", "100ms", "127.0.0.1", "\(peer.port)"])
            #expect(result.termination == .exit(1))
            #expect(result.errors.contains(words), "\(option): \(result)")
        }
    }

    @Test("a timeout of 0s is none")
    func noDeadlines() throws {
        try withNode { node in
            let options = ["connect", "association", "response"].flatMap { ["--\($0)-timeout", "0s"] }
            let result = try run(nodeExecutable, ["echo"] + options + ["127.0.0.1", "\(node.port)"])
            #expect(result.succeeded, "\(result)")
        }
    }

    @Test("--connect-timeout bounds the wait for a peer whose machine does not answer")
    func connectTimeout() throws {
        // One connection fills the queue of a listener with no room: the kernel answers no further one.
        let listener = try RawListener(backlog: 0)
        let first = try RawSocket(port: listener.port)
        let result = try run(nodeExecutable, ["echo", "--connect-timeout", "200ms", "127.0.0.1", "\(listener.port)"])
        #expect(result.termination == .exit(1))
        #expect(
            result.errors.contains("no connection to 127.0.0.1:\(listener.port): no answer within 200 ms"),
            "\(result)"
        )
        #expect(!first.hasInput)
    }

    @Test("a node that accepts only its own title says which option to give, and takes echo then")
    func calledTitle() throws {
        try withNode(["--accept-called-ae-titles", Node.title]) { node in
            let result = try run(nodeExecutable, ["echo", "127.0.0.1", "\(node.port)"])
            #expect(result.termination == .exit(1))
            #expect(result.errors.contains("not called ANY-SCP: give its title with --called-ae-title"), "\(result)")
            let titled = try run(
                nodeExecutable,
                ["echo", "--called-ae-title", Node.title, "127.0.0.1", "\(node.port)"]
            )
            #expect(titled.succeeded, "\(titled)")
        }
    }

    @Test("our echo fails with 1 where no process listens, and where the peer closes")
    func nobody() throws {
        let listener = try RawListener()
        let echo = try ExternalProcess(nodeExecutable, ["echo", "127.0.0.1", "\(listener.port)"])
        try listener.accept { _ in }
        #expect(try echo.wait() == .exit(1))
        #expect(!echo.errors.isEmpty, "a failure says why")

        // Port 1 is below those that any process here listens on.
        #expect(try run(nodeExecutable, ["echo", "127.0.0.1", "1"]).termination == .exit(1))
    }
}

/// pynetdicom's Storage SCP with a directory of its own.
final class PynetdicomSCP: Sendable {
    let process: ExternalProcess
    let port: UInt16
    let directory: TemporaryDirectory

    init(maximumLength: Int = 16382, status: String = "0000") throws {
        directory = try TemporaryDirectory()
        process = try ExternalProcess(python, [script("storescp"), directory.path, "\(maximumLength)", status])
        guard let port = UInt16(try process.firstLine()) else { throw ProcessError("no port: \(process.output)") }
        self.port = port
    }

    /// The data set of an instance as it was received.
    func received(_ sopInstanceUID: String) throws -> [UInt8] {
        try contents(of: directory.path + "/" + sopInstanceUID + ".raw")
    }

    /// The transfer syntax in which it came.
    func transferSyntax(_ sopInstanceUID: String) throws -> String {
        String(decoding: try contents(of: directory.path + "/" + sopInstanceUID + ".ts"), as: UTF8.self)
    }
}

/// Runs `body` beside pynetdicom's Storage SCP.
func withPynetdicomSCP<R>(
    maximumLength: Int = 16382,
    status: String = "0000",
    _ body: (PynetdicomSCP) throws -> R
) throws -> R {
    let scp = try PynetdicomSCP(maximumLength: maximumLength, status: status)
    let result = try body(scp)
    scp.process.send(SIGTERM)
    try scp.process.wait()
    return result
}
