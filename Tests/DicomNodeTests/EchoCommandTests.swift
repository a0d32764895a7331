import ArgumentParser
import TestSupport
import Testing

@testable import dicom_node

@Suite("dicom-node echo in this process")
struct EchoCommandTests {
    @Test("an answer stands, though the peer aborts or closes instead of releasing", arguments: [true, false])
    func unreleased(isAbort: Bool) async throws {
        let peer = try RawAcceptor { _, association in
            try association.accept()
            guard let message = try association.message() else { return }
            try association.respond(to: message)
            if try association.message() == nil, isAbort { try association.abort() }
        }
        // A failure would be thrown as an exit code.
        try await Echo.parse(["--quiet", "127.0.0.1", "\(peer.port)"]).run()
        #expect(peer.messages.count == 1)
    }

    @Test("without an answer echo fails")
    func unanswered() async throws {
        let peer = try RawAcceptor { _, association in
            try association.accept()
            _ = try association.message()
            try association.abort()
        }
        await #expect(throws: (any Error).self) { try await Echo.parse(["127.0.0.1", "\(peer.port)"]).run() }
    }
}
