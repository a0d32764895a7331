import Associations
import Foundation
import NIOSSL
import TestSupport
import Testing

@testable import ApplicationEntities

/// The files of TLS: what is wrong with them is named, all at once, with what to do.
@Suite("TLS settings") struct TLSSettingsTests {
    private static let authority = Result { try TestAuthority() }
    private let authority: TestAuthority
    private let directory: TemporaryDirectory

    init() throws {
        authority = try Self.authority.get()
        directory = try TemporaryDirectory()
    }

    private func faults(_ settings: TLSSettings) -> [TLSFault] {
        do throws(TLSFaults) {
            _ = try AcceptorTLS(settings)
            return []
        } catch {
            return error.faults
        }
    }

    @Test("what is missing is said, all of it", arguments: [true, false])
    func missing(asksForCertificates: Bool) {
        let faults = faults(TLSSettings(requiresClientCertificate: asksForCertificates))
        #expect(faults.map(\.setting) == [.certificate, .privateKey] + (asksForCertificates ? [.authorities] : []))
    }

    @Test("a file that is not there, is no file, or is no PEM: each is named with its path")
    func unreadable() throws {
        let text = try directory.write(Array("hello".utf8), to: "text")
        let faults = faults(
            TLSSettings(certificate: directory.path, privateKey: text, authorities: directory.path + "/none")
        )
        #expect(faults.map(\.path) == [directory.path, text, directory.path + "/none"])
        #expect(faults[0].reason.contains("no file"))
        #expect(faults[1].reason.contains("no private key in PEM form"))
        #expect(faults[2].reason.contains("no such file"))
        #expect("\(faults[2])".hasPrefix(directory.path + "/none: "))
    }

    @Test("a damaged certificate")
    func damaged() throws {
        let issued = try authority.issue("node")
        var lines = try String(contentsOfFile: issued.certificate, encoding: .utf8).split(separator: "\n")
        lines.remove(at: 3)
        let path = try directory.write(Array(lines.joined(separator: "\n").utf8), to: "damaged.pem")
        let faults = faults(TLSSettings(certificate: path, privateKey: issued.privateKey))
        #expect(faults.map(\.setting) == [.certificate])
        #expect(faults.first?.reason.contains("damaged") == true)
    }

    @Test("an encrypted key is refused, with the command that writes it without a passphrase")
    func encrypted() throws {
        let issued = try authority.issue("node")
        let path = directory.path + "/encrypted.key"
        let made = try run(
            "openssl",
            ["pkey", "-in", issued.privateKey, "-aes256", "-passout", "pass:secret", "-out", path]
        )
        #expect(made.succeeded, "\(made)")
        let faults = faults(TLSSettings(certificate: issued.certificate, privateKey: path))
        #expect(faults.map(\.setting) == [.privateKey])
        #expect(faults.first?.reason.contains("openssl pkey") == true)
    }

    @Test("a key of another certificate")
    func pair() throws {
        let (one, other) = (try authority.issue("one"), try authority.issue("other", key: .rsa))
        let faults = faults(TLSSettings(certificate: one.certificate, privateKey: other.privateKey))
        #expect(faults.map(\.setting) == [.privateKey])
        #expect(faults.first?.reason.contains(one.certificate) == true)
    }

    @Test("a folder of authorities may hold other files, links and one certificate twice; without any it is a fault")
    func folder() throws {
        let issued = try authority.issue("node")
        let folder = directory.path + "/authorities"
        try directory.write(Array("not a certificate".utf8), to: "authorities/README")
        #expect(
            faults(
                TLSSettings(certificate: issued.certificate, privateKey: issued.privateKey, authorities: folder)
            ).map(\.setting) == [.authorities]
        )
        try FileManager.default.copyItem(atPath: authority.certificate, toPath: folder + "/a.pem")
        try FileManager.default.createSymbolicLink(atPath: folder + "/b.0", withDestinationPath: "a.pem")
        let credentials = try TLSCredentials(TLSSettings(authorities: folder), as: .requestor, now: 0)
        #expect(credentials.authorities?.count == 1)
    }

    @Test("a chain keeps its order: ours first, the authority behind it")
    func chain() throws {
        let issued = try authority.issue("node")
        let bytes = try contents(of: issued.certificate) + contents(of: authority.certificate)
        let path = try directory.write(bytes, to: "chain.pem")
        let credentials = try TLSCredentials(
            TLSSettings(certificate: path, privateKey: issued.privateKey),
            as: .acceptor,
            now: 0
        )
        #expect(credentials.chain.count == 2)
        #expect(credentials.chain.first?.subjectName.last?.value == "node")
    }

    @Test("dates are remarked on: expired, soon, not yet; nothing when all is well")
    func dates() throws {
        func remarks(_ validity: TestAuthority.Validity) throws -> [String] {
            let issued = try authority.issue("node", validity: validity)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: issued.privateKey)
            return try AcceptorTLS(TLSSettings(certificate: issued.certificate, privateKey: issued.privateKey))
                .remarks.map(\.description)
        }
        #expect(try remarks(.now) == [])
        #expect(try remarks(.past).first?.contains("expired on 2021-01-01") == true)
        #expect(try remarks(.future).first?.contains("valid from 2090-01-01 on") == true)
        let soon = try remarks(.days(20))
        #expect(soon.first?.contains("in 20 days") == true, "\(soon)")
        #expect(try remarks(.days(40)) == [])
    }

    @Test("a private key that every user may read is remarked on")
    func readableByAll() throws {
        let issued = try authority.issue("node")
        let settings = TLSSettings(certificate: issued.certificate, privateKey: issued.privateKey)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: issued.privateKey)
        #expect(try AcceptorTLS(settings).remarks.map(\.description).first?.contains("chmod 600") == true)
    }

    @Test(
        "a server name is a host name",
        arguments: [("node.example.org", true), ("192.0.2.7", false), ("a b", false), ("", false)]
    )
    func serverName(name: String, isGood: Bool) throws {
        let tls = try? RequestorTLS(TLSSettings(authorities: authority.certificate), serverName: name)
        #expect((tls != nil) == isGood)
    }

    @Test(
        "a certificate is for the name that is called, whatever address was found for it",
        arguments: [
            ("a.example.org", ["DNS:a.example.org", "IP:192.0.2.7"], true),
            ("A.Example.ORG", ["DNS:a.example.org"], true),
            ("b.example.org", ["DNS:a.example.org", "IP:192.0.2.7"], false), ("b.example.org", ["IP:192.0.2.7"], false),
            ("b.example.org", ["DNS:*.example.org"], true), ("c.b.example.org", ["DNS:*.example.org"], false),
            ("example.org", ["DNS:*.example.org"], false), (".example.org", ["DNS:*.example.org"], false),
            // TLS has compared the common name, or the address.
            ("a.example.org", [], true), ("192.0.2.7", ["IP:192.0.2.7"], true),
        ]
    )
    func name(host: String, names: [String], isGood: Bool) throws {
        let certificate = PeerCertificate(subject: "CN=x", alternativeNames: names)
        let tls = try RequestorTLS(TLSSettings(authorities: authority.certificate))
        let isTaken = (try? tls.verify(certificate, for: host)) != nil
        #expect(isTaken == isGood)
        let anyHost = try RequestorTLS(TLSSettings(authorities: authority.certificate), verification: .chain)
        #expect(throws: Never.self) { try anyHost.verify(certificate, for: host) }
    }

    @Test("subject as RFC 4514 writes it, and the alternative names, addresses in words")
    func subject() throws {
        let issued = try authority.issue(
            "CT, 1",
            alternatives: ["DNS:ct1.example.org", "IP:192.0.2.7", "IP:2001:db8::7", "URI:urn:ct1", "email:a@b.c"]
        )
        let credentials = try TLSCredentials(
            TLSSettings(certificate: issued.certificate, privateKey: issued.privateKey),
            as: .acceptor,
            now: 0
        )
        let certificate = PeerCertificate(try #require(credentials.chain.first))
        #expect(certificate.subject == "CN=CT\\, 1,OU=Radiology,O=Test Hospital")
        #expect(certificate.commonName == "CT, 1")
        #expect(
            certificate.alternativeNames
                == ["DNS:ct1.example.org", "IP:192.0.2.7", "IP:2001:db8::7", "URI:urn:ct1", "email:a@b.c"]
        )
    }
}
