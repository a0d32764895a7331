import Archive
import ServiceClasses
import TestSupport
import Testing

@testable import ApplicationEntities

/// Peers that send all they have, and shut down their sending or close the connection at once: whatever has come whole
/// is filed, and a peer that still reads hears every answer.
@Suite struct ImpatientPeerTests {
    private static func uid(_ number: Int) -> String { "1.2.3.4.5.\(number)" }

    private static func message(_ number: Int, pixels: Int = 512) -> [UInt8] {
        let command = RawCommand.store(messageID: number, sopInstanceUID: uid(number))
        let dataSet = RawDataSet.image(sopInstanceUID: uid(number), pixels: pixels)
        return Fragmentation.usual.encoded(command: command.encoded(), dataSet: dataSet, context: 3)
    }

    private static func answers(_ association: RawAssociation, _ count: Int) throws -> [Int?] {
        try (1...count).map { _ in
            let command = try association.receive().command
            return command.status == 0 ? command.number(0x0120) : nil
        }
    }

    private func filed(_ node: TestNode) throws -> [String] {
        try filesBelow(node.directory.path + "/archive").filter { $0.hasSuffix(".dcm") }
    }

    @Test(
        "thirty C-STOREs and the end of sending: thirty answers, in order, then the connection is closed",
        arguments: [512, 100_000],
        [SyncPolicy.always, .never]
    )
    func halfClosure(pixels: Int, sync: SyncPolicy) async throws {
        let node = try TestNode(sync: sync)
        let (answers, end) = try await node.run(peer: { port in
            let association = try RawAssociation(port: port)
            try association.socket.send((1...30).flatMap { Self.message($0, pixels: pixels) })
            association.socket.shutdownSending()
            return (try Self.answers(association, 30), association.socket.answer())
        })
        #expect(answers == Array(1...30))
        #expect(end == .closed)
        #expect(try filed(node).count == 30)
    }

    @Test("a release behind the last C-STORE is answered though the peer has ended its sending")
    func release() async throws {
        let node = try TestNode()
        let (answers, release, end) = try await node.run(peer: { port in
            let association = try RawAssociation(port: port)
            try association.socket.send((1...5).flatMap { Self.message($0) } + RawPDU.releaseRQ.encoded())
            association.socket.shutdownSending()
            return (try Self.answers(association, 5), association.socket.answer(), association.socket.answer())
        })
        #expect(answers == Array(1...5))
        #expect(release == .released)
        #expect(end == .closed)
    }

    @Test("an instance that is cut by the end of sending is dropped, and those before it are answered")
    func cut() async throws {
        let node = try TestNode()
        let (answers, end) = try await node.run(peer: { port in
            let association = try RawAssociation(port: port)
            try association.socket.send(
                (1...3).flatMap { Self.message($0) } + Self.message(4, pixels: 400_000).dropLast(9)
            )
            association.socket.shutdownSending()
            return (try Self.answers(association, 3), association.socket.answer())
        })
        #expect(answers == [1, 2, 3])
        #expect(end == .closed)
        #expect(try filed(node).count == 3)
        #expect(try node.leftovers() == [])
    }

    @Test("a request is answered, half a request is not, though the peer has ended its sending", arguments: [0, 9])
    func request(missing: Int) async throws {
        let node = try TestNode()
        let (answer, end) = try await node.run(peer: { port in
            let socket = try RawSocket(port: port)
            try socket.send(RawRequest().encoded().dropLast(missing) + [])
            socket.shutdownSending()
            return (socket.answer(), socket.answer())
        })
        if case .accepted = answer { #expect(missing == 0) } else { #expect(answer == .closed && missing > 0) }
        #expect(end == .closed)
    }

    @Test(
        "five objects of 3 MB and a close: five instances are filed, every time",
        arguments: [SyncPolicy.always, .never]
    )
    func close(sync: SyncPolicy) async throws {
        // Sent at once: a peer that pauses between two objects may be waiting for a response, gets one, and by closing
        // with a response unread throws away what its kernel has not sent.
        let messages = (1...5).flatMap { Self.message($0, pixels: 3_000_000) }
        for round in 1...50 {
            let node = try TestNode(sync: sync)
            try await node.run(peer: { port in
                let association = try RawAssociation(port: port)
                try association.socket.send(messages)
            })
            let filed = try filed(node).count
            #expect(filed == 5, "round \(round)")
        }
    }
}
