import Associations
import DIMSE
import Logging
import NIOCore
import ServiceClasses
import Synchronization
import TestSupport
import Testing
import UpperLayer

@testable import ApplicationEntities

/// The whole node over TLS, in this process, with our own requestor or OpenSSL at the other end.
@Suite("The node over TLS") struct TLSNodeTests {
    private let identities: TLSIdentities
    private let log = RecordedLog()

    init() throws { identities = try TLSIdentities.get() }

    private func node(_ tls: AcceptorTLS, _ timeouts: Timeouts = Timeouts()) throws -> TestNode {
        try TestNode(settings: Settings.Snapshot(timeouts: timeouts, tls: tls), logger: log.logger)
    }

    private func causes() -> [String] {
        log.messagesWithMetadata.filter { $0.hasPrefix("no TLS session") }
    }

    @Test("C-ECHO and C-STORE with both certificates; the bytes on disk are the bytes sent, the log names the subject")
    func storeAndEcho() async throws {
        let node = try node(identities.acceptor(requiresClientCertificate: true))
        let dataSet = RawDataSet.image(sopInstanceUID: "1.2.3.4.5.6", pixels: 400_000)
        try await node.run(tls: identities.requestor(identities.requestor)) { requestor in
            let status = try await requestor.withAssociation(TestNode.request) { association in
                let stored = try await association.store(
                    sopClassUID: "1.2.840.10008.5.1.4.1.1.2",
                    sopInstanceUID: "1.2.3.4.5.6",
                    on: 3,
                    length: dataSet.count
                ) { offset, count in ByteBuffer(bytes: dataSet[offset..<offset + count]) }
                #expect(stored.status == .success)
                return try await association.echo(on: 1)
            }
            #expect(status == .success)
        }
        let file = try contents(of: node.directory.path + "/archive/1.2.3.4/1.2.3.4.5/1.2.3.4.5.6.dcm")
        #expect(Array(file.suffix(dataSet.count)) == dataSet)
        #expect(try node.leftovers() == [])
        let accepted = log.messagesWithMetadata.first { $0.hasPrefix("association accepted") } ?? ""
        #expect(accepted.contains("subject=CN=CT1,OU=Radiology,O=Test Hospital"), "\(accepted)")
        #expect(accepted.contains("tls=1.3"), "\(accepted)")
    }

    // MARK: What a requestor says of the node's certificate

    /// What is wrong with the node's certificate, and what our requestor says then.
    struct Certificate: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let words: String
        let issue: @Sendable (TLSIdentities) throws -> TestAuthority.Issued

        static let all = [
            Certificate(testDescription: "expired", words: "expired on 2021-01-01") {
                try $0.authority.issue("node", validity: .past)
            },
            Certificate(testDescription: "not yet valid", words: "valid from 2090-01-01 on") {
                try $0.authority.issue("node", validity: .future)
            },
            Certificate(testDescription: "for another host", words: "is for DNS:elsewhere.example.org, IP:192.0.2.7") {
                try $0.authority.issue("node", alternatives: ["DNS:elsewhere.example.org", "IP:192.0.2.7"])
            },
            Certificate(testDescription: "self-signed", words: "signed by itself") {
                try $0.authority.issue("node", selfSigned: true)
            },
            Certificate(testDescription: "of another authority", words: "(CN=Another Hospital CA,O=Another Hospital)") {
                try $0.stranger.issue("node")
            },
        ]
    }

    @Test("a certificate of the node that cannot be believed is refused, in words", arguments: Certificate.all)
    func certificate(_ certificate: Certificate) async throws {
        let own = try certificate.issue(identities)
        let words = try await failure(node(identities.acceptor(own)), identities.requestor())
        #expect(words.contains(certificate.words), "\(words)")
        // The host is verified when the handshake is complete: the node hears of an ended connection only.
        if !certificate.words.hasPrefix("is for") { #expect(causes().count == 1, "\(log.messagesWithMetadata)") }
    }

    @Test("a certificate for another host is taken where only the chain is verified, and where its name is given")
    func anotherHost() async throws {
        let own = try identities.authority.issue("node", alternatives: ["DNS:elsewhere.example.org"])
        for requestor in [
            try identities.requestor(verification: .chain),
            try identities.requestor(serverName: "elsewhere.example.org"),
        ] {
            try await echo(node(identities.acceptor(own)), requestor)
        }
        let stranger = try identities.stranger.issue("node")
        let words = try await failure(
            node(identities.acceptor(stranger)),
            identities.requestor(verification: .chain)
        )
        #expect(words.contains("cannot be traced"), "\(words)")
    }

    @Test("an RSA certificate serves as well")
    func rsa() async throws {
        try await echo(node(identities.acceptor(identities.authority.issue("node", key: .rsa))), identities.requestor())
    }

    // MARK: What the node says of a requestor's certificate

    @Test("a requestor without a certificate, where one is required, is refused on both sides in words")
    func noCertificate() async throws {
        let words = try await failure(
            node(identities.acceptor(requiresClientCertificate: true)),
            identities.requestor()
        )
        #expect(words.contains("the peer requires a certificate of ours"), "\(words)")
        #expect(causes().first?.contains("the peer has shown no certificate") == true, "\(causes())")
    }

    @Test("a requestor's certificate that is expired or of another authority is refused")
    func badCertificate() async throws {
        for (own, words) in [
            (try identities.authority.issue("CT1", validity: .past), "expired on 2021-01-01"),
            (try identities.stranger.issue("CT1"), "cannot be traced to an authority of ours"),
            (try identities.authority.issue("CT1", selfSigned: true), "is signed by itself"),
        ] {
            let before = causes().count
            _ = try await failure(
                node(identities.acceptor(requiresClientCertificate: true)),
                identities.requestor(own)
            )
            #expect(causes().count == before + 1)
            #expect(causes().last?.contains(words) == true, "\(causes())")
        }
    }

    @Test("where certificates are not required but authorities are named, one may be left out; a bad one may not")
    func optional() async throws {
        let tls = try AcceptorTLS(
            TLSSettings(
                certificate: identities.node.certificate,
                privateKey: identities.node.privateKey,
                authorities: identities.authority.certificate
            )
        )
        try await echo(node(tls), identities.requestor())
        try await echo(node(tls), identities.requestor(identities.requestor))
        _ = try await failure(node(tls), identities.requestor(identities.stranger.issue("CT1")))
    }

    @Test("a rule that asks for a certificate takes the peer that has it, and no other, nor one on a plain connection")
    func rule() async throws {
        let tls = try AcceptorTLS(
            TLSSettings(
                certificate: identities.node.certificate,
                privateKey: identities.node.privateKey,
                authorities: identities.authority.certificate
            )
        )
        let access = AccessRules(peers: ["TEST": PeerRule(tlsSubject: "CT1")])
        let secure = try TestNode(settings: Settings.Snapshot(access: access, tls: tls))
        try await echo(secure, identities.requestor(identities.requestor))
        let other = try identities.authority.issue("MR1")
        for requestor in [try identities.requestor(other), try identities.requestor()] {
            let node = try TestNode(settings: Settings.Snapshot(access: access, tls: tls))
            #expect(try await isRejected(node, requestor))
        }
        #expect(try await isRejected(TestNode(settings: Settings.Snapshot(access: access)), nil))
    }

    private func isRejected(_ node: TestNode, _ tls: RequestorTLS?) async throws -> Bool {
        let isRejected = Mutex(false)
        try await node.run(tls: tls) { requestor in
            do {
                _ = try await requestor.withAssociation(TestNode.request) { try await $0.echo(on: 1) }
            } catch RequestorError.rejected(.callingAETitleNotRecognized) {
                isRejected.withLock { $0 = true }
            }
        }
        return isRejected.withLock { $0 }
    }

    // MARK: Who does not speak TLS, or an old one

    @Test("plain bytes on the TLS port: closed at once, one line in the log says so")
    func plainBytes() async throws {
        let end = try await node(identities.acceptor()).run(peer: { port in
            let socket = try RawSocket(port: port)
            try socket.send(RawRequest().encoded())
            // What TLS says of it is an alert, which is no PDU.
            while let bytes = try? socket.receive(limit: 100), !bytes.isEmpty {}
            return socket.answer()
        })
        #expect([.closed, .reset].contains(end))
        #expect(causes().count == 1)
        #expect(causes().first?.contains("the peer does not speak TLS, and this port is for TLS") == true)
    }

    @Test("a TLS client on the plain port: both sides say so")
    func tlsOnPlainPort() async throws {
        let node = try TestNode(logger: log.logger)
        let words = try await failure(node, identities.requestor())
        #expect(words.contains("the peer does not speak TLS on this port"), "\(words)")
        let end = log.messagesWithMetadata.first { $0.hasPrefix("association ended") } ?? ""
        #expect(end.contains("TLS") && end.contains("plain"), "\(end)")
    }

    /// What a peer offers, in OpenSSL's words, and what the node says to it.
    struct Offer: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let tls: RawTLS

        static let bad = [
            Offer(testDescription: "TLS 1.0", tls: RawTLS(versions: 0x301...0x301)),
            Offer(testDescription: "TLS 1.1", tls: RawTLS(versions: 0x302...0x302)),
            Offer(testDescription: "CBC", tls: RawTLS(ciphers: "ECDHE-ECDSA-AES128-SHA256", versions: 0x303...0x303)),
            Offer(
                testDescription: "RSA key exchange",
                tls: RawTLS(ciphers: "AES128-GCM-SHA256", versions: 0x303...0x303)
            ),
            Offer(testDescription: "no encryption", tls: RawTLS(ciphers: "eNULL:@SECLEVEL=0", versions: 0x303...0x303)),
            Offer(testDescription: "CCM", tls: RawTLS(ciphers: "ECDHE-ECDSA-AES128-CCM", versions: 0x303...0x303)),
        ]

        static let good = [
            Offer(testDescription: "TLS 1.3", tls: RawTLS(versions: 0x304...0x304)),
            Offer(testDescription: "TLS 1.2", tls: RawTLS(versions: 0x303...0x303)),
            Offer(
                testDescription: "AES-128",
                tls: RawTLS(ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256", versions: 0x303...0x303)
            ),
            Offer(
                testDescription: "AES-256",
                tls: RawTLS(ciphers: "ECDHE-ECDSA-AES256-GCM-SHA384", versions: 0x303...0x303)
            ),
            Offer(
                testDescription: "ChaCha20",
                tls: RawTLS(ciphers: "ECDHE-ECDSA-CHACHA20-POLY1305", versions: 0x303...0x303)
            ),
        ]
    }

    @Test("old versions and weak suites are refused", arguments: Offer.bad)
    func refused(_ offer: Offer) async throws {
        let isRefused = try await node(identities.acceptor()).run(peer: { port in
            (try? RawSocket(port: port, tls: offer.tls)) == nil
        })
        #expect(isRefused)
        #expect(causes().first?.contains("that we have") == true, "\(causes())")
    }

    @Test("each suite of the profile is taken", arguments: Offer.good)
    func taken(_ offer: Offer) async throws {
        let status = try await node(identities.acceptor()).run(peer: { port in
            let association = try RawAssociation(port: port, tls: offer.tls)
            let status = try association.echo()
            try association.release()
            return status
        })
        #expect(status == 0)
    }

    // MARK: Time, and settings that change

    @Test("a handshake that stalls ends at its deadline, and holds no association's task")
    func stall() async throws {
        var timeouts = Timeouts()
        timeouts.tlsHandshake = .milliseconds(20)
        let end = try await node(identities.acceptor(), timeouts).run(peer: { port in
            try RawSocket(port: port).answer()
        })
        #expect(end == .closed)
        #expect(causes().first?.contains("not complete after 20 ms") == true, "\(causes())")
        #expect(!log.messages.contains("association ended"))
    }

    @Test("told to stop, the node does not wait for a handshake")
    func stopWithinHandshake() async throws {
        let node = try node(identities.acceptor())
        let entity = node.entity(MemoryStore())
        try await node.run(entity, .init([])) { requestor in
            try await onThread { [port = UInt16(requestor.port)] in
                let socket = try RawSocket(port: port)
                // The handshake has begun: the node waits for more.
                try socket.send([0x16, 3, 1, 0, 100, 1])
                while entity.admission.connections == 0 {}
                node.stop.open()
                // A reset, if the bytes had not been read yet.
                #expect([.closed, .reset].contains(socket.answer()))
            }
        }
    }

    @Test("a reload: new connections get the new certificate, and an association that exists goes on")
    func reload() async throws {
        let node = try node(identities.acceptor())
        let strangers = try identities.acceptor(identities.stranger.issue("node"))
        let believers = try identities.requestor(believing: identities.stranger)
        try await node.run(tls: identities.requestor()) { requestor in
            try await requestor.withAssociation(TestNode.request) { (association: Association) async throws -> Void in
                #expect(try await association.echo(on: 1) == .success)
                node.settings.current.tls = strangers
                #expect(try await association.echo(on: 1) == .success)
                let error = await #expect(throws: RequestorError.self) {
                    try await requestor.withAssociation(TestNode.request) { try await $0.echo(on: 1) }
                }
                guard case .insecure? = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                let other = AssociationRequestor(
                    host: requestor.host,
                    port: requestor.port,
                    tls: believers,
                    eventLoopGroup: requestor.eventLoopGroup,
                    logger: requestor.logger
                )
                #expect(try await other.withAssociation(TestNode.request) { try await $0.echo(on: 1) } == .success)
                #expect(try await association.echo(on: 1) == .success)
            }
        }
    }

    // MARK: Helpers

    private func echo(_ node: TestNode, _ tls: RequestorTLS) async throws {
        try await node.run(tls: tls) { requestor in
            let status = try await requestor.withAssociation(TestNode.request) { try await $0.echo(on: 1) }
            #expect(status == .success)
        }
    }

    /// What our requestor says of an association that cannot be had.
    private func failure(_ node: TestNode, _ tls: RequestorTLS) async throws -> String {
        let words = Mutex("no error")
        try await node.run(tls: tls) { requestor in
            do {
                _ = try await requestor.withAssociation(TestNode.request) { try await $0.echo(on: 1) }
            } catch RequestorError.insecure(let failure) {
                words.withLock { $0 = "\(failure)" }
            }
        }
        return words.withLock { $0 }
    }
}
