import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import dicom_node

@Suite("Explaining and making access rules")
struct ConfigExplainTests {
    private static let rules = """
        accept:
          called_ae_titles: [NODE]
          calling_ae_titles: [CT1, CT9]
          hosts: [192.0.2.0/24]
        peers:
          MR2: { host: 198.51.100.1, may: [echo] }
        """

    private func explain(_ text: String, _ arguments: [String]) throws -> (isAccepted: Bool, sentence: String) {
        let file = ConfigurationFile("node.yaml", bytes: Array(text.utf8))
        let effective = try ConfigurationSources().read(EnvironmentVariables([:]), file)
        return try ConfigExplain.parse(arguments).explain(effective)
    }

    @Test(
        "one sentence says what would be decided and by which rule",
        arguments: [
            (
                ["--calling", "CT1", "--called", "NODE", "--host", "192.0.2.7"], true,
                "CT1 from 192.0.2.7 would be accepted: accept.calling_ae_titles lists it; it may echo, store, commit"
            ),
            (
                ["--calling", "CT1", "--host", "192.0.2.7"], false,
                "because accept.called_ae_titles does not list the called title"
            ),
            (
                ["--calling", "CT2", "--called", "NODE", "--host", "192.0.2.7"], false,
                "because neither accept.calling_ae_titles nor peers list the calling title"
            ),
            (
                ["--calling", "CT1", "--called", "NODE", "--host", "203.0.113.1"], false,
                "because accept.hosts does not contain 203.0.113.1"
            ),
            (
                ["--calling", "MR2", "--called", "NODE", "--host", "198.51.100.1"], true,
                "would be accepted: peers.MR2 is its entry; it may echo"
            ),
            (["--calling", "MR2", "--called", "NODE", "--host", "192.0.2.7"], false, "because peers.MR2.host"),
            (
                ["--calling", "CT1", "--called", "NODE", "--host", "192.0.2.7", "--tls"], false,
                "would not get through: there is no TLS, because tls.enabled is false"
            ),
        ]
    )
    func rules(arguments: [String], isAccepted: Bool, end: String) throws {
        let (accepted, sentence) = try explain(Self.rules, arguments)
        #expect(accepted == isAccepted)
        #expect(sentence.hasSuffix(end) || sentence.contains(end), "\(sentence)")
    }

    @Test("without rules everything is accepted, and that is said")
    func open() throws {
        #expect(
            try explain("", ["--calling", "X", "--host", "::1"]).sentence
                == "X from ::1 would be accepted: no rule is against it; it may echo, store, commit"
        )
    }

    @Test("certificates and users count")
    func certificatesAndUsers() throws {
        let authority = try TestAuthority()
        let node = try authority.issue("node")
        let directory = try TemporaryDirectory()
        let users = try directory.write(Array("alice:no-passcode\nbob:\(Self.hash)\n".utf8), to: "users")
        let text = """
            listen: { enabled: false }
            tls: { enabled: true, certificate: \(node.certificate), private_key: \(node.privateKey), ca: \(authority.certificate) }
            accept: { user_identity: required, user_file: \(users) }
            peers: { CT1: { tls_subject: ct1.example.org } }
            """
        let bob = ["--calling", "CT1", "--host", "192.0.2.7", "--user", "bob"]
        #expect(try explain(text, bob).sentence.hasSuffix("there is only TLS, because listen.enabled is false"))
        #expect(try explain(text, bob + ["--tls"]).sentence.contains("the peer has shown none"))
        #expect(
            try explain(text, bob + ["--tls-subject", "other"]).sentence.contains("peers.CT1.tls_subject asks for")
        )
        for subject in ["ct1.example.org", "CN=ct1.example.org,O=Hospital"] {
            let (isAccepted, sentence) = try explain(text, bob + ["--tls-subject", subject])
            #expect(isAccepted && sentence.contains("accepted, if the passcode of bob is right"), "\(sentence)")
        }
        let nobody = ["--calling", "CT2", "--host", "192.0.2.7", "--tls"]
        #expect(try explain(text, nobody).sentence.contains("the request has no user identity"))
    }

    /// Of "secret", as the command made it once; the least that a file may have.
    private static let hash = "$scrypt$ln=10,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

    @Test("a file of users that is wrong is a fault with its own line; so is one that is not there")
    func userFile() throws {
        let directory = try TemporaryDirectory()
        let users = try directory.write(Array("alice:no-passcode\nbob\nalice:no-passcode\n".utf8), to: "users")
        func faults(_ accept: String) throws -> [String] {
            let file = ConfigurationFile("node.yaml", bytes: Array("accept: \(accept)".utf8))
            let error = #expect(throws: ConfigurationFaults.self) {
                try ConfigurationSources().read(EnvironmentVariables([:]), file)
            }
            return error?.all.map(\.description) ?? []
        }
        let found = try faults("{ user_identity: required, user_file: \(users) }")
        #expect(
            found.count == 2 && found[0].hasPrefix("\(users):2: accept.user_file: ")
                && found[1].hasPrefix("\(users):3: ")
        )
        let missing = try faults("{ user_identity: optional, user_file: /none/users }")
        #expect(missing == ["node.yaml:1: accept.user_file: /none/users cannot be read: No such file or directory"])
        #expect(try faults("{ user_identity: required }").first?.contains("name the file of users") == true)
        #expect(try faults("{ user_file: \(users) }").first?.contains("no user is checked") == true)
    }
}
