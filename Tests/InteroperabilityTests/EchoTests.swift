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
