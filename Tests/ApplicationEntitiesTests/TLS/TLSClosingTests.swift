import ServiceClasses
import TestSupport
import Testing

@testable import ApplicationEntities

/// How a connection over TLS ends: as a plain one does, whether or not the peer says so to TLS.
@Suite("Ends over TLS") struct TLSClosingTests {
    /// A version of TLS, by OpenSSL, and how the peer ends its sending.
    struct Course: CustomTestStringConvertible, Sendable {
        let version: Int
        let saysSo: Bool
        var testDescription: String {
            (version == 0x304 ? "TLS 1.3" : "TLS 1.2") + (saysSo ? ", close_notify" : ", FIN")
        }
        var tls: RawTLS { RawTLS(versions: version...version) }

        static let all = [0x303, 0x304].flatMap { version in
            [true, false].map { Course(version: version, saysSo: $0) }
        }
    }

    private let node: TestNode

    init() throws {
        node = try TestNode(settings: Settings.Snapshot(tls: TLSIdentities.get().acceptor()))
    }

    private static func message(_ number: Int, pixels: Int = 512) -> [UInt8] {
        let command = RawCommand.store(messageID: number, sopInstanceUID: "1.2.3.4.5.\(number)")
        let dataSet = RawDataSet.image(sopInstanceUID: "1.2.3.4.5.\(number)", pixels: pixels)
        return Fragmentation.usual.encoded(command: command.encoded(), dataSet: dataSet, context: 3)
    }

    private func filed() throws -> Int {
        try filesBelow(node.directory.path + "/archive").filter { $0.hasSuffix(".dcm") }.count
    }

    @Test(
        "thirty C-STOREs and the end of sending: thirty answers, then the connection is closed",
        arguments: Course.all
    )
    func halfClosure(_ course: Course) async throws {
        let (answers, end) = try await node.run(peer: { port in
            let association = try RawAssociation(port: port, tls: course.tls)
            try association.socket.send((1...30).flatMap { Self.message($0, pixels: 50_000) })
            association.socket.shutdownSending(saysSo: course.saysSo)
            let answers = try (1...30).map { _ in try association.receive().command.number(0x0120) }
            return (answers, association.socket.answer())
        })
        #expect(answers == Array(1...30))
        #expect(end == .closed)
        #expect(try filed() == 30)
    }

    @Test("five objects and a close: five instances are filed, every time", arguments: Course.all)
    func close(_ course: Course) async throws {
        // Few enough for the kernel to take them at once: responses are held back for a peer that is sending, and not
        // for ever, and a peer that closes with one unread throws away what it has not sent.
        let messages = (1...5).flatMap { Self.message($0, pixels: 100_000) }
        try await node.run(peer: { port in
            let association = try RawAssociation(port: port, tls: course.tls)
            try association.socket.send(messages)
            if course.saysSo { association.socket.shutdownSending() }
        })
        #expect(try filed() == 5)
    }

    @Test(
        "an instance that is cut by the end of sending is dropped, and those before it are answered",
        arguments: Course.all
    )
    func cut(_ course: Course) async throws {
        let answers = try await node.run(peer: { port in
            let association = try RawAssociation(port: port, tls: course.tls)
            try association.socket.send(
                (1...3).flatMap { Self.message($0) } + Self.message(4, pixels: 400_000).dropLast(9)
            )
            association.socket.shutdownSending(saysSo: course.saysSo)
            return try (1...3).map { _ in try association.receive().command.status }
        })
        #expect(answers == [0, 0, 0])
        #expect(try filed() == 3)
        #expect(try node.leftovers() == [])
    }

    @Test(
        "an abort reaches a peer that still sends, and the connection closes when the peer does",
        arguments: Course.all
    )
    func abort(_ course: Course) async throws {
        let (answer, end) = try await node.run(peer: { port in
            let association = try RawAssociation(port: port, tls: course.tls)
            // An A-ASSOCIATE-RQ within the association is answered A-ABORT; what follows is read and dropped.
            try association.socket.send(RawRequest().encoded())
            association.socket.sendWhatIsTaken([UInt8](repeating: 0, count: 4_000_000))
            return (association.socket.answer(), association.socket.answer())
        })
        #expect(answer == .aborted(source: 2, reason: 2))
        #expect(end == .closed)
    }

    @Test("a release is answered, then the node says that it closes", arguments: Course.all)
    func release(_ course: Course) async throws {
        try await node.run(peer: { port in
            let association = try RawAssociation(port: port, tls: course.tls)
            #expect(try association.echo() == 0)
            try association.release()
        })
    }
}
