import Associations
import DIMSE
import NIOCore
import ServiceClasses
import Synchronization
import TestSupport
import Testing

@testable import ApplicationEntities

/// Access rules on a node that runs: what peers are told, and what strangers cost others.
@Suite struct AccessTests {
    /// How the node rejects a request; nil: it accepts it.
    private func rejection(_ requestor: AssociationRequestor, _ request: AssociateRQ) async throws -> AssociateRJ? {
        do {
            try await requestor.withAssociation(request) { _ in }
            return nil
        } catch RequestorError.rejected(let rejection) {
            return rejection
        }
    }

    private func request(_ calling: String, _ user: String? = nil, _ passcode: String = "") -> AssociateRQ {
        let identity = user.map {
            UserIdentityRQ(
                type: 2,
                positiveResponseRequested: true,
                primaryField: Array($0.utf8),
                secondaryField: Array(passcode.utf8)
            )
        }
        return AccessRulesTests.request(calling: calling, identity: identity)
    }

    @Test("a host that is not listed is answered, as one that is not recognized")
    func hosts() async throws {
        let node = try TestNode()
        try await node.run { requestor in
            node.settings.current.access.hosts = try AccessRulesTests.ranges("192.0.2.0/24")
            #expect(try await rejection(requestor, request("CT1")) == .callingAETitleNotRecognized)
            node.settings.current.access.hosts = try AccessRulesTests.ranges("192.0.2.0/24", "127.0.0.0/8")
            #expect(try await rejection(requestor, request("CT1")) == nil)
            node.settings.current.access.peers = ["CT1": PeerRule(hosts: try AccessRulesTests.ranges("192.0.2.7"))]
            #expect(try await rejection(requestor, request("CT1")) == .callingAETitleNotRecognized)
            #expect(try await rejection(requestor, request("CT2")) == nil)
        }
    }

    @Test("a service that a peer may not use is refused by the user, context by context, and on any other context too")
    func permissions() async throws {
        let node = try TestNode()
        node.settings.current.access.peers = ["ECHO": PeerRule(may: [.echo]), "STORE": PeerRule(may: [.store])]
        try await node.run { requestor in
            try await requestor.withAssociation(request("ECHO")) { association in
                #expect(association.negotiated.refusals == [3: .userRejection])
                let status = try await association.echo(on: 1)
                #expect(status == .success)
            }
            try await requestor.withAssociation(request("STORE")) { association in
                #expect(association.negotiated.refusals == [1: .userRejection])
                let status = try await association.echo(on: 3)
                #expect(status == .unrecognizedOperation)
            }
            try await requestor.withAssociation(request("OTHER")) { association in
                #expect(association.negotiated.refusals == [:])
            }
            var unknown = request("ECHO")
            unknown.presentationContexts[0].abstractSyntax = "1.2.840.10008.5.1.4.31"
            try await requestor.withAssociation(unknown) { association in
                #expect(association.negotiated.refusals == [1: .abstractSyntaxNotSupported, 3: .userRejection])
            }
        }
    }

    @Test("one AE title has no more associations than its limit, and strangers who use it take none of its places")
    func titleLimits() async throws {
        let node = try TestNode()
        node.settings.current.limits.associationsPerAETitle = 2
        node.settings.current.access.peers = ["CT1": PeerRule(associations: 1)]
        try await node.run { requestor in
            try await requestor.withAssociation(request("CT1")) { association in
                let second = try await rejection(requestor, request("CT1"))
                #expect(second == .localLimitExceeded)
                try await requestor.withAssociation(request("CT2")) { _ in
                    let second = try await rejection(requestor, request("CT2"))
                    #expect(second == nil)
                }
                let status = try await association.echo(on: 1)
                #expect(status == .success)
            }
            #expect(try await rejection(requestor, request("CT1")) == nil)
        }
    }

    @Test("the limits of a peer's entry are those of its associations")
    func peerLimits() async throws {
        let node = try TestNode()
        node.settings.current.access.peers = ["SMALL": PeerRule(objectSize: 1_000)]
        let dataSet = RawDataSet.image(sopInstanceUID: "1.2.3.4.5.6", pixels: 10_000)
        try await node.run { requestor in
            for (title, status) in [("SMALL", Status.outOfResources), ("OTHER", .success)] {
                let found = try await requestor.withAssociation(request(title)) { association in
                    try await association.store(
                        sopClassUID: UID(RawUID.ctImage),
                        sopInstanceUID: "1.2.3.4.5.6",
                        on: 3,
                        length: dataSet.count
                    ) { offset, count in .init(bytes: dataSet[offset..<offset + count]) }
                }
                #expect(found.status == status)
            }
        }
    }

    @Test("user and passcode open an association, wrong ones none; a right passcode is computed once")
    func users() async throws {
        let computed = Counter()
        let node = try TestNode(
            passcodes: PasscodeChecks { hash, passcode in
                computed.increment()
                return hash.matches(passcode)
            }
        )
        node.settings.current.access.users = UserRules(users: try AccessRulesTests.users())
        try await node.run { requestor in
            for _ in 0..<3 { #expect(try await rejection(requestor, request("CT1", "alice", "sesame")) == nil) }
            #expect(computed.value == 1)
            let wrong = [("alice", "wrong"), ("alice", ""), ("mallory", "sesame"), ("robot", ""), ("robot", "x")]
            for (user, passcode) in wrong {
                #expect(try await rejection(requestor, request("CT1", user, passcode)) == .noReasonGivenByProvider)
            }
            #expect(computed.value == 1 + wrong.count, "a user that does not exist takes as long as one that does")
            #expect(try await rejection(requestor, request("CT1")) == .noReasonGivenByProvider)
            // After a reload that changes the passcode the old one is no more remembered.
            let users = try UserFile("alice:\(PasscodeHash(of: "other"))")
            node.settings.current.access.users = UserRules(users: users, areRequired: false)
            #expect(try await rejection(requestor, request("CT1", "alice", "sesame")) == .noReasonGivenByProvider)
            #expect(try await rejection(requestor, request("CT1", "alice", "other")) == nil)
            #expect(try await rejection(requestor, request("CT1")) == nil)
        }
    }

    @Test("an identity as long as its item can be is answered, and costs its association only")
    func longIdentity() async throws {
        let node = try TestNode()
        node.settings.current.access.users = UserRules(users: try AccessRulesTests.users())
        try await node.run { requestor in
            let long = String(repeating: "a", count: 32_600)
            for (user, passcode, expected) in [
                (long, long, AssociateRJ.noReasonGivenByProvider), ("alice", long, .noReasonGivenByProvider),
                ("alice", "sesame", nil),
            ] {
                let answer = try await rejection(requestor, request("CT1", user, passcode))
                #expect(answer == expected)
            }
        }
    }

    @Test("a hundred wrong passcodes at once leave other associations alone, and each is answered")
    func flood() async throws {
        let gate = Gate()
        let checks = PasscodeChecks { _, _ in
            // No passcode is computed before the test says so: whatever works meanwhile does not wait for one.
            _ = gate.wait(seconds: 60)
            return false
        }
        let node = try TestNode(passcodes: checks)
        node.settings.current.access.users = UserRules(users: try AccessRulesTests.users(), areRequired: false)
        try await node.run { requestor in
            try await withThrowingTaskGroup(of: AssociateRJ?.self) { group in
                for _ in 0..<100 {
                    group.addTask { try await rejection(requestor, request("CT1", "alice", "wrong")) }
                }
                // One host has eight that wait; the others are answered before anything is computed.
                for _ in 0..<100 - AcceptorLimits.passcodesWaitingOfHost {
                    #expect(try await group.next() == .temporaryCongestion)
                }
                #expect(checks.waiting == AcceptorLimits.passcodesWaitingOfHost)
                try await requestor.withAssociation(request("CT2")) { association in
                    let status = try await association.echo(on: 1)
                    #expect(status == .success)
                }
                gate.open()
                for _ in 0..<AcceptorLimits.passcodesWaitingOfHost {
                    #expect(try await group.next() == .noReasonGivenByProvider)
                }
            }
            #expect(checks.waiting == 0)
        }
    }

    @Test("a node that stops while a passcode is computed ends")
    func stop() async throws {
        let (began, gate) = (Signal(), Gate())
        let node = try TestNode(
            passcodes: PasscodeChecks { _, _ in
                began.open()
                _ = gate.wait(seconds: 60)
                return true
            }
        )
        node.settings.current.access.users = UserRules(users: try AccessRulesTests.users())
        try await node.run { requestor in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await rejection(requestor, request("CT1", "alice", "sesame")) }
                await began.wait()
                node.stop.open()
                node.abort.open()
                gate.open()
            }
        }
    }
}

/// A number that threads count up.
private final class Counter: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .relaxed) }
    func increment() { count.wrappingAdd(1, ordering: .relaxed) }
}
