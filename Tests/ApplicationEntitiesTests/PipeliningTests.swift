import Associations
import NIOCore
import TestSupport
import Testing

@testable import ApplicationEntities

/// Requests that a peer sends without waiting: the next object streams in while the last one is committed, and the
/// responses go out in the order that was negotiated. A store that holds the first instance until the second is done
/// makes the order certain.
@Suite struct PipeliningTests {
    /// The first commit waits until the second has succeeded.
    private static func swappingStore() -> MemoryStore {
        let second = Signal()
        return MemoryStore(
            before: { call in
                if call.operation == .commit, call.numberOfItsKind == 1 { await second.wait() }
                return nil
            },
            after: { if $0.operation == .commit, $0.numberOfItsKind == 2 { second.open() } }
        )
    }

    @Test(
        "in the order of the requests, unless a window was negotiated (quirk 34)",
        arguments: [false, true],
        [512, 300_000]
    )
    func order(windowNegotiated: Bool, pixels: Int) async throws {
        let node = try TestNode()
        let order = try await node.run(
            store: Self.swappingStore(),
            peer: { port in try Self.storeTwo(port, window: windowNegotiated, pixels: pixels) }
        )
        #expect(order == (windowNegotiated ? [2, 1] : [1, 2]))
    }

    /// Sends two C-STORE-RQ at once; the Message IDs of the responses, in the order of their coming.
    private static func storeTwo(_ port: UInt16, window: Bool, pixels: Int) throws -> [Int?] {
        let request = RawRequest().with {
            // Asynchronous operations window (PS3.7 Annex D.3.3.3): 4 invoked, 1 performed.
            if window { $0.userItems = [0x53, 0, 0, 4, 0, 4, 0, 1] }
        }
        let association = try RawAssociation(port: port, request)
        for number in 1...2 {
            let uid = "1.2.3.4.5.\(number)"
            try association.send(
                .store(messageID: number, sopInstanceUID: uid),
                dataSet: RawDataSet.image(sopInstanceUID: uid, pixels: number == 1 ? 512 : pixels)
            )
        }
        let first = try association.receive().command
        let second = try association.receive().command
        try association.release()
        // Message ID Being Responded To (0000,0120).
        return [first.number(0x0120), second.number(0x0120)]
    }

    @Test("a Message ID that is still outstanding is refused with 0210H")
    func duplicateInvocation() async throws {
        let node = try TestNode()
        try await node.run(store: Self.swappingStore()) { requestor in
            let port = UInt16(requestor.port)
            let statuses = try await onThread { try Self.storeWithOneMessageID(port) }
            #expect(statuses == [0x0000, 0x0210, 0x0000])
        }
    }

    /// The same Message ID twice at once, then another instance; the statuses in order.
    private static func storeWithOneMessageID(_ port: UInt16) throws -> [Int?] {
        let association = try RawAssociation(port: port)
        for (messageID, number) in [(1, 1), (1, 2), (2, 3)] {
            let uid = "1.2.3.4.5.\(number)"
            try association.send(
                .store(messageID: messageID, sopInstanceUID: uid),
                dataSet: RawDataSet.image(sopInstanceUID: uid)
            )
        }
        let statuses = try (0..<3).map { _ in try association.receive().command.status }
        try association.release()
        return statuses
    }
}
