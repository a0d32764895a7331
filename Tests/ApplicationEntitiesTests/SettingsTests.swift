import Associations
import ServiceClasses
import Testing
import UpperLayer

@testable import ApplicationEntities

/// Settings that change while the node runs: the next association sees them, those that exist do not.
@Suite struct SettingsTests {
    @Test("a reload is seen by the next association and by none that exists")
    func reload() async throws {
        let node = try TestNode()
        try await node.run { requestor in
            try await requestor.withAssociation(TestNode.request) { association in
                #expect(association.negotiated.peerMaximumLength == 262_144)
                var next = node.settings.current
                next.access.callingAETitles = ["CT1"]
                next.limits.pduLength = 32_768
                next.limits.associations = 1
                node.settings.current = next
                await #expect(throws: RequestorError.self) {
                    try await requestor.withAssociation(TestNode.request) { _ in }
                }
                _ = try await association.echo(on: 1)
            }
            var request = TestNode.request
            request.callingAETitle = AETitle(asSent: "CT1".utf8)
            try await requestor.withAssociation(request) { association in
                #expect(association.negotiated.peerMaximumLength == 32_768)
            }
        }
    }

    @Test("what is stored is asked for each association anew: classes, syntaxes, the size of an object")
    func storage() async throws {
        let node = try TestNode()
        try await node.run { requestor in
            try await requestor.withAssociation(TestNode.request) { #expect($0.negotiated.refusals == [:]) }
            node.settings.current.access.storage.transferSyntaxes = [.implicitVRLittleEndian]
            try await requestor.withAssociation(TestNode.request) {
                #expect($0.negotiated.refusals == [3: .transferSyntaxesNotSupported])
            }
            node.settings.current.access.storage.sopClasses = ["1.2.3"]
            try await requestor.withAssociation(TestNode.request) {
                #expect($0.negotiated.refusals == [3: .abstractSyntaxNotSupported])
            }
        }
    }
}
