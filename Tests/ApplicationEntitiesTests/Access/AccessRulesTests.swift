import Associations
import ServiceClasses
import TestSupport
import Testing

@testable import ApplicationEntities

/// Who may associate: requests and their verdicts, one rule at a time.
@Suite struct AccessRulesTests {
    static func request(called: String = "NODE", calling: String, identity: UserIdentityRQ? = nil) -> AssociateRQ {
        var request = TestNode.request
        request.calledAETitle = AETitle(asSent: called.utf8)
        request.callingAETitle = AETitle(asSent: calling.utf8)
        request.userInformation.userIdentity = identity
        return request
    }

    static func ranges(_ texts: String...) throws -> [AddressRange] { try texts.map { try AddressRange($0) } }

    /// CT1 has an entry with a host, MR1 one without, US1 a certificate; CT9 is listed, and has none.
    static func rules() throws -> AccessRules {
        AccessRules(
            calledAETitles: ["NODE", "NODE2"],
            callingAETitles: ["CT9"],
            hosts: try ranges("10.0.0.0/8", "2001:db8::/32", "fe80::/10%eth0"),
            peers: [
                "CT1": PeerRule(hosts: try ranges("192.0.2.7", "2001:db8:1::7"), may: [.store]),
                "MR1": PeerRule(may: [.echo], associations: 2, objectSize: 1 << 20),
                "US1": PeerRule(tlsSubject: "US1"),
            ]
        )
    }

    struct Case: Sendable, CustomStringConvertible {
        var called = "NODE"
        var calling: String
        var from: String?
        var certificate: PeerCertificate?
        /// nil: accepted.
        var rejection: AssociateRJ?
        /// In the sentence for the log.
        var rule = ""

        var description: String {
            "\(calling) to \(called) from \(from ?? "nowhere"), \(certificate?.subject ?? "no certificate")"
        }
    }

    static let cases: [Case] = [
        // Titles, without padding.
        Case(calling: "CT9", from: "10.1.2.3"),
        Case(called: "  NODE2\0\r\n", calling: "CT9 \0", from: "10.1.2.3"),
        Case(
            called: "node",
            calling: "CT9",
            from: "10.1.2.3",
            rejection: .calledAETitleNotRecognized,
            rule: "accept.called_ae_titles"
        ),
        Case(
            called: "",
            calling: "CT9",
            from: "10.1.2.3",
            rejection: .calledAETitleNotRecognized,
            rule: "accept.called_ae_titles"
        ),
        Case(
            calling: "CT8",
            from: "10.1.2.3",
            rejection: .callingAETitleNotRecognized,
            rule: "accept.calling_ae_titles"
        ),
        Case(calling: "", from: "10.1.2.3", rejection: .callingAETitleNotRecognized, rule: "accept.calling_ae_titles"),
        Case(
            calling: "CT9CT9CT9CT9CT9CT9",
            from: "10.1.2.3",
            rejection: .callingAETitleNotRecognized,
            rule: "accept.calling_ae_titles"
        ),
        // Hosts, before titles.
        Case(calling: "CT9", from: "2001:db8::1"),
        Case(calling: "CT9", from: "::ffff:10.1.2.3"),
        Case(calling: "CT9", from: "fe80::1%eth0"),
        Case(
            calling: "CT9",
            from: "fe80::1%eth1",
            rejection: .callingAETitleNotRecognized,
            rule: "accept.hosts does not contain fe80::1%eth1"
        ),
        Case(
            calling: "CT9",
            from: "11.1.2.3",
            rejection: .callingAETitleNotRecognized,
            rule: "accept.hosts does not contain 11.1.2.3"
        ),
        Case(calling: "CT9", from: nil, rejection: .callingAETitleNotRecognized, rule: "accept.hosts"),
        Case(
            called: "X",
            calling: "X",
            from: "11.1.2.3",
            rejection: .callingAETitleNotRecognized,
            rule: "accept.hosts"
        ),
        // Peers: an entry stands instead of the lists.
        Case(calling: "CT1", from: "192.0.2.7"),
        Case(calling: "CT1", from: "2001:db8:1::7"),
        Case(
            calling: "CT1",
            from: "10.1.2.3",
            rejection: .callingAETitleNotRecognized,
            rule: "peers.CT1.host does not contain 10.1.2.3"
        ),
        Case(calling: "CT1", from: nil, rejection: .callingAETitleNotRecognized, rule: "peers.CT1.host"),
        Case(
            called: "X",
            calling: "CT1",
            from: "192.0.2.7",
            rejection: .calledAETitleNotRecognized,
            rule: "accept.called"
        ),
        Case(calling: "MR1", from: "10.1.2.3"),
        Case(calling: "MR1", from: "192.0.2.7", rejection: .callingAETitleNotRecognized, rule: "accept.hosts"),
        // Certificates.
        Case(
            calling: "US1",
            from: "10.1.2.3",
            certificate: PeerCertificate(subject: "CN=US1,O=Hospital", commonName: "US1")
        ),
        Case(
            calling: "US1",
            from: "10.1.2.3",
            rejection: .callingAETitleNotRecognized,
            rule: "peers.US1.tls_subject asks for a certificate of US1, and the peer has shown none"
        ),
        Case(
            calling: "US1",
            from: "10.1.2.3",
            certificate: PeerCertificate(subject: "CN=US2", commonName: "US2"),
            rejection: .callingAETitleNotRecognized,
            rule: "the peer's is of CN=US2"
        ),
        Case(calling: "CT1", from: "192.0.2.7", certificate: PeerCertificate(subject: "CN=US1")),
    ]

    @Test("each request has its verdict, its reason and the rule that it is by", arguments: cases)
    func table(_ one: Case) throws {
        let address = try one.from.map { try #require(IPAddress($0)) }
        let facts = PeerFacts(address: address, certificate: one.certificate)
        let verdict = try Self.rules().verdict(on: Self.request(called: one.called, calling: one.calling), from: facts)
        switch verdict {
        case .accept: #expect(one.rejection == nil)
        case .reject(let rejection, let rule):
            #expect(rejection == one.rejection)
            #expect(rule.contains(one.rule), "\(rule)")
        }
    }

    @Test(
        "a certificate is of whom its subject, its common name or an alternative name says, each compared with its kind",
        arguments: [
            ("US1", true), ("CN=US1,O=Hospital", true), ("DNS:us1.example.org", true), ("IP:192.0.2.7", true),
            ("us1", false), ("O=Hospital,CN=US1", false), ("us1.example.org", false), ("DNS:us2.example.org", false),
            ("", false), ("URI:US1", false),
        ]
    )
    func certificates(rule: String, isOf: Bool) {
        let certificate = PeerCertificate(
            subject: "CN=US1,O=Hospital",
            commonName: "US1",
            alternativeNames: ["DNS:us1.example.org", "IP:192.0.2.7"]
        )
        #expect(certificate.isOf(rule) == isOf)
        let other = PeerCertificate(
            subject: "CN=CN\\=US1",
            commonName: "CN=US1,O=Hospital",
            alternativeNames: ["DNS:US1"]
        )
        #expect(!other.isOf(rule), "a name of another kind with the same text")
    }

    @Test("without rules everything is accepted, titles without a character too, on the widest terms")
    func open() {
        let verdict = AccessRules().verdict(on: Self.request(called: "", calling: "\0"), from: PeerFacts(address: nil))
        #expect(verdict == .accept(Verdict.Terms()))
        #expect(Verdict.Terms().may == Set(Permission.allCases))
        #expect(AccessRules().areOpen)
        #expect(!AccessRules(callingAETitles: ["CT1"]).areOpen)
    }

    @Test(
        "an address is a stranger's where neither the list nor an entry has it",
        arguments: [
            ("10.1.2.3", true), ("192.0.2.7", true), ("2001:db8:1::7", true), ("192.0.2.8", false), ("::1", false),
        ]
    )
    func strangers(address: String, isAdmitted: Bool) throws {
        #expect(try Self.rules().admits(IPAddress(address)) == isAdmitted)
        #expect(AccessRules().admits(IPAddress(address)))
        #expect(AccessRules().admits(nil))
        #expect(try !Self.rules().admits(nil))
    }

    @Test("a peer's entry says what it may do, and limits of its own")
    func peer() throws {
        let verdict = try Self.rules().verdict(
            on: Self.request(calling: "MR1"),
            from: PeerFacts(address: IPAddress("10.1.2.3"))
        )
        guard case .accept(let terms) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(terms.may == [.echo])
        var others = Limits()
        others.associationsPerAETitle = 7
        #expect(terms.limits(others).associationsPerAETitle == 2)
        #expect(terms.limits(others).objectSize == 1 << 20)
        #expect(terms.limits(others).operations == others.operations)
    }

    // MARK: Users

    /// `alice` with a passcode, `robot` without.
    static func users() throws -> UserFile {
        try UserFile("# who may\r\n\r\nalice:\(try PasscodeHash(of: "sesame"))\nrobot:no-passcode\n")
    }

    private static func identity(_ type: UInt8, _ name: String, _ passcode: String = "", response: Bool = false)
        -> UserIdentityRQ
    {
        UserIdentityRQ(
            type: type,
            positiveResponseRequested: response,
            primaryField: Array(name.utf8),
            secondaryField: Array(passcode.utf8)
        )
    }

    @Test(
        "a user identity is taken, asked about, or rejected as a failure of authorization",
        arguments: [
            (nil, true, .rejected), (nil, false, .unanswered),
            (identity(1, "robot"), true, .taken), (identity(1, "robot \0"), false, .taken),
            (identity(1, "alice"), true, .rejected), (identity(1, "alice"), false, .rejected),
            (identity(1, "mallory"), false, .rejected), (identity(1, ""), true, .rejected),
            (identity(2, "alice", "sesame"), true, .asked), (identity(2, "alice", "wrong"), false, .asked),
            (identity(2, "mallory", "sesame"), true, .asked), (identity(2, "", ""), false, .asked),
            (identity(2, "robot", ""), true, .asked),
            (identity(3, "alice"), true, .rejected), (identity(4, "alice"), false, .unanswered),
            (identity(5, "alice"), false, .unanswered), (identity(0, "alice"), true, .rejected),
            (identity(255, "alice", "sesame"), true, .rejected),
        ] as [(UserIdentityRQ?, Bool, Expected)]
    )
    func identities(identity: UserIdentityRQ?, areRequired: Bool, expected: Expected) throws {
        let rules = AccessRules(users: UserRules(users: try Self.users(), areRequired: areRequired))
        let request = Self.request(calling: "CT1", identity: identity)
        switch rules.verdict(on: request, from: PeerFacts(address: nil)) {
        case .reject(let rejection, let rule):
            #expect(expected == .rejected)
            #expect(rejection == .noReasonGivenByProvider, "PS3.7 §D.3.3.7")
            #expect(!rule.contains("alice") && !rule.contains("sesame"), "no value of the identity in the log")
        case .accept(let terms):
            #expect(terms.answersUserIdentity == (expected != .unanswered))
            #expect((terms.passcode != nil) == (expected == .asked))
            if let question = terms.passcode {
                #expect((question.hash != nil) == (terms.user == "alice"))
                #expect(!"\(terms)".contains("sesame") && !String(reflecting: terms).contains("115, 101, 115"))
            }
        }
    }

    enum Expected: Sendable {
        case taken, asked, rejected, unanswered
    }

    @Test("fields of 64 KiB and of bytes that are no UTF-8 are no user's", arguments: [65_535, 257, 3])
    func longFields(length: Int) throws {
        let rules = AccessRules(users: UserRules(users: try Self.users()))
        for byte in [UInt8(ascii: "a"), 0xFF, 0] {
            let field = [UInt8](repeating: byte, count: length)
            for type in [UInt8(1), 2, 3] {
                let identity = UserIdentityRQ(
                    type: type,
                    positiveResponseRequested: true,
                    primaryField: field,
                    secondaryField: field
                )
                let request = Self.request(calling: "CT1", identity: identity)
                switch rules.verdict(on: request, from: PeerFacts(address: nil)) {
                case .reject: #expect(type != 2)
                case .accept(let terms): #expect(terms.user == nil && terms.passcode?.hash == nil)
                }
            }
        }
    }

    @Test("what contains a user identity shows nothing of it")
    func secrets() {
        let request = Self.request(calling: "CT1", identity: Self.identity(2, "alice", "sesame"))
        for text in ["\(request)", String(reflecting: request)] {
            #expect(text.contains("user identity of type 2"))
            #expect(!text.contains("alice") && !text.contains("sesame") && !text.contains("115, 101, 115, 97"))
        }
        var dumped = ""
        dump(request, to: &dumped)
        #expect(!dumped.contains("115") && !dumped.contains("sesame"))
    }
}
