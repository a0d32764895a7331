import Foundation
import ServiceClasses
import TestSupport
import Testing

@testable import ApplicationEntities

/// Access rules, as DCMTK and pynetdicom meet them.
@Suite struct ForeignAccessTests {
    private static let python = packageRoot.appendingPathComponent(".build/python/bin/python").path
    private static let identity =
        packageRoot.appendingPathComponent("Tests/InteroperabilityTests/pynetdicom/identity.py").path

    /// `NODE`, which knows CT1, and US1 from another host; users as in ``AccessRulesTests``.
    private static func node(areUsersRequired: Bool) throws -> TestNode {
        let node = try TestNode()
        node.settings.current.access = AccessRules(
            calledAETitles: ["NODE"],
            callingAETitles: ["CT1", "ECHO"],
            peers: [
                "US1": PeerRule(hosts: try AccessRulesTests.ranges("192.0.2.7")),
                "STORE": PeerRule(may: [.store]),
            ],
            users: UserRules(users: try AccessRulesTests.users(), areRequired: areUsersRequired)
        )
        return node
    }

    @Test(
        "pynetdicom's user identity is accepted and answered, or rejected with the numbers of the standard",
        arguments: [
            (["CT1", "2", "alice", "sesame"], true, "accepted and answered"),
            (["CT1", "1", "robot"], true, "accepted and answered"),
            (["CT1", "2", "alice", "wrong"], false, "1,2,1"), (["CT1", "1", "alice"], false, "1,2,1"),
            (["CT1", "2", "mallory", "sesame"], true, "1,2,1"), (["CT1", "0"], true, "1,2,1"),
            (["CT1", "0"], false, "accepted"), (["CT1", "3", "ticket"], false, "accepted"),
            (["CT1", "4", "assertion"], true, "1,2,1"), (["CT1", "5", "token"], true, "1,2,1"),
            (["CT2", "2", "alice", "sesame"], true, "1,1,3"), (["US1", "2", "alice", "sesame"], true, "1,1,3"),
        ] as [([String], Bool, String)]
    )
    func pynetdicom(arguments: [String], areUsersRequired: Bool, expected: String) async throws {
        let finished = try await Self.node(areUsersRequired: areUsersRequired).run { port in
            try run(Self.python, [Self.identity, "\(port)"] + arguments)
        }
        #expect(finished.output == expected + "\n", "\(finished)")
    }

    @Test(
        "DCMTK's storescu gives user and passcode, and stores if they are right",
        arguments: [
            (["-usr", "alice", "-pwd", "sesame", "-rsp"], true), (["-usr", "robot", "-rsp"], true),
            (["-usr", "alice", "-pwd", "wrong"], false), (["-usr", "alice"], false), ([], false),
        ]
    )
    func storescu(options: [String], isStored: Bool) async throws {
        let node = try Self.node(areUsersRequired: true)
        let file = packageRoot.appendingPathComponent("Fixtures/instances/ct.explicit.dcm").path
        let finished = try await node.run { port in
            try run("storescu", ["-v", "-aet", "CT1", "-aec", "NODE"] + options + ["127.0.0.1", "\(port)", file])
        }
        #expect(finished.succeeded == isStored, "\(finished)")
        let stored = try filesBelow(node.directory.path + "/archive").filter { $0.hasSuffix(".dcm") }
        #expect(stored.count == (isStored ? 1 : 0))
        if !isStored { #expect((finished.output + finished.errors).contains("Association Rejected"), "\(finished)") }
    }

    @Test(
        "DCMTK's echoscu is told why it is rejected",
        arguments: [
            ("CT1", "NODE", nil), ("CT2", "NODE", "Calling AE Title Not Recognized"),
            ("CT1", "OTHER", "Called AE Title Not Recognized"), ("US1", "NODE", "Calling AE Title Not Recognized"),
            ("STORE", "NODE", "No Acceptable Presentation Contexts"),
        ]
    )
    func echoscu(calling: String, called: String, reason: String?) async throws {
        let finished = try await Self.node(areUsersRequired: false).run { port in
            try run("echoscu", ["-v", "-aet", calling, "-aec", called, "127.0.0.1", "\(port)"])
        }
        #expect(finished.succeeded == (reason == nil), "\(finished)")
        if let reason { #expect((finished.output + finished.errors).contains(reason), "\(finished)") }
    }
}
