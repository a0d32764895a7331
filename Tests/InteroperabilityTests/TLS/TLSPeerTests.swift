import Foundation
import TestSupport
import Testing

@Suite("TLS, with DCMTK and pynetdicom")
struct TLSPeerTests {
    /// One of DCMTK's security profiles, and whether it has a suite that the node has.
    struct Profile: CustomTestStringConvertible, Sendable {
        let option: String
        let isServed: Bool
        var testDescription: String { option }

        static let all = [
            Profile(option: "--profile-bcp195-nd", isServed: true),
            Profile(option: "--profile-bcp195", isServed: true),
            Profile(option: "--profile-bcp195-ex", isServed: true),
            Profile(option: "--profile-aes", isServed: false),
            Profile(option: "--profile-null", isServed: false),
        ]
    }

    private let material: TLSMaterial

    init() throws { material = try TLSMaterial.get() }

    @Test(
        "DCMTK's senders over TLS, with every profile: bytes on disk are those sent, weak profiles are refused",
        arguments: Profile.all
    )
    func senders(_ profile: Profile) throws {
        let directory = try TemporaryDirectory()
        let made = try sample(in: directory, sopInstanceUID: "1.2.3.4.5.6.7", pixels: 300_000)
        let path = try normalized(made, in: directory)
        // An RSA certificate, because the retired profiles have no other.
        try withNode(material.serve(material.rsa, requiresClientCertificate: true)) { node in
            let options = material.dcmtk + [profile.option]
            let echo = try run("echoscu", options + ["localhost", "\(node.port)"])
            let store = try run("storescu", options + ["-xe", "localhost", "\(node.port)", path])
            #expect(echo.succeeded == profile.isServed, "\(echo)")
            #expect(store.succeeded == profile.isServed, "\(store)")
            if profile.isServed {
                #expect(try node.archived("1.2.3.4.5.6.7").dataSet == Part10File(path: path).dataSet)
                #expect(node.process.errors.contains("subject=\"CN=CT1,OU=Radiology,O=Test Hospital\""))
            } else {
                #expect(try node.instances() == [])
                #expect(node.process.errors.contains("the peer has no cipher suite that we have"))
            }
        }
    }

    @Test("our send and echo to storescp +tls, with every profile", arguments: Profile.all)
    func storescp(_ profile: Profile) throws {
        let directory = try TemporaryDirectory()
        let path = try sample(in: directory, sopInstanceUID: "1.2.3.4.5.6.7", pixels: 300_000)
        let received = try TemporaryDirectory()
        let listener = try RawListener()
        let send = try ExternalProcess(
            nodeExecutable,
            ["send", "--retries", "0"] + material.command + ["localhost", "\(listener.port)", path]
        )
        let scp = try listener.accept {
            try ExternalProcess(
                "storescp",
                [
                    "--inetd", "+xa", "+B", "-od", received.path, "+tls", material.rsa.privateKey,
                    material.rsa.certificate, "+cf", material.authority.certificate, profile.option,
                ],
                standardInput: $0
            )
        }
        #expect(try send.wait() == .exit(profile.isServed ? 0 : 1), "\(send.errors)")
        try scp.wait()
        let files = try filesBelow(received.path)
        if profile.isServed {
            let file = try #require(files.first)
            #expect(try Part10File(path: received.path + "/" + file).dataSet == Part10File(path: path).dataSet)
        } else {
            #expect(files == [])
            #expect(send.errors.contains("no TLS with localhost"), "\(send.errors)")
        }
    }

    @Test("pynetdicom's C-ECHO and C-STORE over TLS, every fixture, both certificates verified")
    func pynetdicomSCU() throws {
        try withNode(material.serve(requiresClientCertificate: true)) { node in
            let echo = try run("env", material.pynetdicom() + [script("echoscu"), "\(node.port)"])
            #expect(echo.succeeded, "\(echo)")
            let command = material.pynetdicom() + [script("storescu"), "\(node.port)", "16384"]
            let store = try run("env", command + fixtures)
            #expect(store.succeeded, "\(store)")
            for path in fixtures {
                let file = try Part10File(path: path)
                #expect(try node.archived(file.sopInstanceUID).dataSet == file.dataSet, "\(path)")
            }
        }
    }

    @Test("our send to pynetdicom over TLS")
    func pynetdicomSCP() throws {
        let received = try TemporaryDirectory()
        let command = material.pynetdicom(material.node) + [script("storescp"), received.path, "16384", "0000"]
        let scp = try ExternalProcess("env", command)
        let port = try scp.firstLine()
        let send = try run(
            nodeExecutable,
            ["send"] + material.command + ["--called-ae-title", "PYNETDICOM", "localhost", port] + fixtures
        )
        #expect(send.succeeded, "\(send)")
        #expect(try filesBelow(received.path).filter { $0.hasSuffix(".raw") }.count == fixtures.count)
        scp.send(SIGTERM)
        try scp.wait()
    }
}
