import Foundation
import TestSupport
import Testing

@Suite("TLS, as OpenSSL sees it")
struct TLSOfferTests {
    private let material: TLSMaterial

    init() throws { material = try TLSMaterial.get() }

    /// OpenSSL's client, which ends when it has seen the certificate, or been refused.
    private func client(_ node: Node, _ options: [String]) throws -> Finished {
        try run(
            "openssl",
            ["s_client", "-connect", "127.0.0.1:\(node.port)", "-CAfile", material.authority.certificate, "-brief"]
                + options
        )
    }

    /// TLS 1.2 suites of the profile that fit a key, in OpenSSL's words.
    private static func suites(_ key: String) -> [String] {
        ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"].map { "ECDHE-\(key)-\($0)" }
    }

    @Test("TLS 1.2 has the profile's suites and no other, with both kinds of key", arguments: ["ECDSA", "RSA"])
    func suites(key: String) throws {
        let all = try run("openssl", ["ciphers", "-tls1_2", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]).output
        let wanted = Self.suites(key)
        let others = all.trimmingCharacters(in: .newlines).split(separator: ":").map(String.init)
            .filter { !wanted.contains($0) && !$0.hasPrefix("TLS_") }
        #expect(others.count > 50)
        try withNode(material.serve(key == "RSA" ? material.rsa : material.node)) { node in
            for suite in wanted {
                let result = try client(node, ["-tls1_2", "-cipher", suite])
                #expect(result.succeeded && result.errors.contains("Ciphersuite: \(suite)"), "\(suite): \(result)")
            }
            let refused = try client(node, ["-tls1_2", "-cipher", others.joined(separator: ":") + ":@SECLEVEL=0"])
            #expect(!refused.succeeded, "\(refused)")
        }
    }

    @Test("TLS 1.3 is taken where it is offered, with each of its suites; before 1.2 there is nothing")
    func versions() throws {
        try withNode(material.serve()) { node in
            let preferred = try client(node, [])
            #expect(preferred.errors.contains("Protocol version: TLSv1.3"), "\(preferred)")
            #expect(preferred.errors.contains("Verification: OK"), "\(preferred)")
            for suite in ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"] {
                let result = try client(node, ["-tls1_3", "-ciphersuites", suite])
                #expect(result.succeeded && result.errors.contains(suite), "\(result)")
            }
            for version in ["-tls1", "-tls1_1"] {
                let result = try client(node, [version, "-cipher", "ALL:@SECLEVEL=0"])
                #expect(!result.succeeded && result.errors.contains("protocol version"), "\(result)")
            }
        }
    }

    @Test("renegotiation is refused, and ends that connection only")
    func renegotiation() throws {
        try withNode(material.serve()) { node in
            let input = Pipe()
            let client = try ExternalProcess(
                "openssl",
                ["s_client", "-connect", "127.0.0.1:\(node.port)", "-tls1_2"],
                standardInput: input.fileHandleForReading.fileDescriptor
            )
            try input.fileHandleForWriting.write(contentsOf: Data("R\n".utf8))
            #expect(try client.wait() != .exit(0))
            #expect(client.errors.contains("RENEGOTIATING"), "\(client.errors)")
            let echo = try run(nodeExecutable, ["echo"] + material.command + ["localhost", "\(node.port)"])
            #expect(echo.succeeded, "\(echo)")
        }
    }

    @Test("a session is resumed, with the certificate of its first handshake", arguments: ["-tls1_2", "-tls1_3"])
    func resumption(version: String) throws {
        let directory = try TemporaryDirectory()
        let session = directory.path + "/session"
        try withNode(material.serve(requiresClientCertificate: true)) { node in
            // A ticket of TLS 1.3 comes behind the handshake: the client goes on until the node has answered what is
            // no PDU of a beginning, and closed.
            func ask(_ option: String) throws -> Finished {
                let client =
                    "openssl s_client -connect 127.0.0.1:\(node.port) \(version) -ign_eof \(option) '\(session)'"
                let own = "-cert '\(material.modality.certificate)' -key '\(material.modality.privateKey)'"
                return try run("sh", ["-c", "printf 'no A-ASSOCIATE-RQ' | \(client) \(own)"])
            }
            let first = try ask("-sess_out")
            let again = try ask("-sess_in")
            #expect(first.output.contains("New, TLS"), "\(first)")
            #expect(again.output.contains("Reused, TLS"), "\(again)")
        }
    }
}
