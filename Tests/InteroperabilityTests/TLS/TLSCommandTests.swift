import Foundation
import TestSupport
import Testing

@Suite("TLS of serve, echo and send")
struct TLSCommandTests {
    private let material: TLSMaterial

    init() throws { material = try TLSMaterial.get() }

    @Test("beside the plain port, or alone; the ready line names both, and both file into one archive")
    func endpoints() throws {
        let directory = try TemporaryDirectory()
        let (one, other) = (
            try sample(in: directory, sopInstanceUID: "1.2.3.1"), try sample(in: directory, sopInstanceUID: "1.2.3.2")
        )
        try withNode(material.serve(plainToo: true)) { node in
            let tlsPort = try #require(node.tlsPort)
            #expect(
                node.readyLine.hasPrefix(
                    "listening on 127.0.0.1:\(node.port) and 127.0.0.1:\(tlsPort) (TLS) as DICOMNODE, archiving to "
                )
            )
            let plain = try run(nodeExecutable, ["send", "127.0.0.1", "\(node.port)", one])
            let secure = try run(nodeExecutable, ["send"] + material.command + ["127.0.0.1", "\(tlsPort)", other])
            #expect(plain.succeeded && secure.succeeded, "\(plain)\(secure)")
            #expect(try node.archived("1.2.3.1").sopInstanceUID == "1.2.3.1")
            #expect(try node.archived("1.2.3.2").sopInstanceUID == "1.2.3.2")
        }
        try withNode(material.serve()) { node in
            #expect(
                node.readyLine.hasPrefix("listening on 127.0.0.1:\(node.port) (TLS) as DICOMNODE, archiving to ")
            )
        }
    }

    @Test("echo and send say what is wrong, and what to do")
    func messages() throws {
        let directory = try TemporaryDirectory()
        let path = try sample(in: directory, sopInstanceUID: "1.2.3.1")
        let stranger = try TestAuthority("Another Hospital")
        try withNode(material.serve(requiresClientCertificate: true, plainToo: true)) { node in
            let port = "\(try #require(node.tlsPort))"
            let trusting = ["--tls", "--tls-ca", material.authority.certificate]
            for (options, port, words) in [
                (trusting, port, "the peer requires a certificate of ours, and none is set"),
                (["--tls", "--tls-ca", stranger.certificate], port, "cannot be traced to an authority of ours"),
                (material.command, "\(node.port)", "the peer does not speak TLS on this port"),
                ([], port, "the peer speaks TLS on a plain connection"),
                (material.command + ["--tls-server-name", "elsewhere.example.org"], port, "not for the host"),
            ] {
                let echo = try run(nodeExecutable, ["echo"] + options + ["127.0.0.1", port])
                #expect(echo.termination == .exit(1) && echo.errors.contains(words), "\(options): \(echo)")
                let send = try run(nodeExecutable, ["send", "--retries", "0"] + options + ["127.0.0.1", port, path])
                #expect(send.termination == .exit(1) && send.errors.contains(words), "\(options): \(send)")
            }
            let anyHost = ["--tls-any-host", "--tls-server-name", "elsewhere.example.org"]
            let echo = try run(nodeExecutable, ["echo"] + material.command + anyHost + ["127.0.0.1", port])
            #expect(echo.succeeded, "\(echo)")
        }
    }

    @Test(
        "files that cannot be used: exit code 78 with path and reason, and nothing is sent; options without --tls: 64"
    )
    func faults() throws {
        let options = ["--tls", "--tls-ca", "/nowhere/ca.pem"]
        for command in [["echo"] + options + ["127.0.0.1", "1"], ["send"] + options + ["127.0.0.1", "1", "/etc"]] {
            let result = try run(nodeExecutable, command)
            #expect(result.termination == .exit(78), "\(result)")
            #expect(result.errors.contains("/nowhere/ca.pem: there is no such file"), "\(result)")
        }
        let usage = try run(nodeExecutable, ["echo", "--tls-any-host", "127.0.0.1", "1"])
        #expect(usage.termination == .exit(64) && usage.errors.contains("give --tls too"), "\(usage)")
    }

    @Test("serve with a key of another certificate, or without one: exit code 78, all that is wrong")
    func serveFaults() throws {
        let directory = try TemporaryDirectory()
        let archive = ["serve", "--archive", directory.path + "/archive", "--port", "0", "--tls-enabled", "true"]
        let other = try run(
            nodeExecutable,
            archive + ["--tls-certificate", material.node.certificate, "--tls-private-key", material.rsa.privateKey]
        )
        #expect(other.termination == .exit(78), "\(other)")
        #expect(
            other.errors.contains(material.rsa.privateKey) && other.errors.contains("is not the key of"),
            "\(other)"
        )
        let none = try run(nodeExecutable, archive)
        #expect(none.termination == .exit(78), "\(none)")
        #expect(none.errors.contains("tls.certificate") && none.errors.contains("tls.private_key"), "\(none)")
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/archive"))
    }

    @Test("a thousand handshakes that stall: an association is served beside them")
    func stalledHandshakes() throws {
        try withNode(material.serve()) { node in
            let stalled = try (0..<1_000).map { _ in
                let socket = try RawSocket(port: node.port)
                // A record's head, and no more.
                try socket.send([0x16, 3, 1, 2, 0])
                return socket
            }
            let echo = try run(nodeExecutable, ["echo"] + material.command + ["127.0.0.1", "\(node.port)"])
            #expect(echo.succeeded, "\(echo)")
            withExtendedLifetime(stalled) {}
        }
    }
}
