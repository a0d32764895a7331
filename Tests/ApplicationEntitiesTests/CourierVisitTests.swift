import Associations
import Glibc
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import ApplicationEntities

/// What a courier takes from a socket, and what it leaves to the event loop.
@Suite struct CourierVisitTests {
    /// Two sockets, the second of which a visit has.
    private final class Pair {
        let peer: CInt
        private let own: CInt

        init() {
            var sockets: [CInt] = [-1, -1]
            socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &sockets)
            (self.peer, self.own) = (sockets[0], sockets[1])
        }

        deinit {
            close(self.peer)
            close(self.own)
        }

        func visit(_ seen: @escaping @Sendable (Transition) -> Void = { _ in }) throws -> CourierVisit {
            var machine = AssociationStateMachine(role: .acceptor)
            for event in [Event.evt5, .evt6(HandlerHarness.request, rejection: nil), .evt7(HandlerHarness.answer)] {
                _ = try machine.handle(event)
            }
            var decoder = PDUDecoder(limits: Limits().pduDecoder)
            decoder.expectedAssociatePDU = .none
            let cargo = CourierVisit.Cargo(
                decoder: decoder,
                machine: machine,
                rest: ByteBuffer()
            )
            return CourierVisit(cargo, try #require(CourierSocket(self.own)), observer: seen)
        }

        func send(_ bytes: [UInt8]) { _ = Glibc.send(self.peer, bytes, bytes.count, 0) }
        func end() { shutdown(self.peer, CInt(SHUT_WR)) }

        func receive(_ count: Int) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: count)
            let received = recv(self.peer, &bytes, count, CInt(MSG_DONTWAIT))
            return Array(bytes.prefix(max(0, received)))
        }
    }

    private static let data = RawPDU.data([RawPDV(context: 3, isCommand: false, isLast: true, data: [1, 2, 3, 4][...])])
        .encoded()

    private static func bytes(_ reading: CourierVisit.Reading) -> [UInt8]? {
        guard case .fragments(let fragments) = reading else { return nil }
        return fragments.flatMap { Array($0.bytes.readableBytesView) }
    }

    @Test("P-DATA comes in fragments, and each step is the state machine's")
    func data() throws {
        let pair = Pair()
        let events = Mutex<[Int]>([])
        var visit = try pair.visit { transition in events.withLock { $0.append(transition.event) } }
        pair.send(Self.data + Self.data)
        let reading = visit.receive()
        #expect(Self.bytes(reading) == [1, 2, 3, 4, 1, 2, 3, 4])
        let value = PresentationDataValue(
            presentationContextID: 3,
            isCommand: true,
            isLast: true,
            data: ByteBuffer(bytes: [9])
        )
        let isSent = visit.send([DataTF(values: [value])])
        #expect(isSent)
        #expect(pair.receive(100) == [4, 0, 0, 0, 0, 7, 0, 0, 0, 3, 3, 3, 9])
        #expect(visit.mayReceive)
        #expect(events.withLock { $0 } == [10, 10, 9])
    }

    @Test("bytes that complete nothing wait for the next ones", arguments: 1..<12)
    func parts(count: Int) throws {
        let pair = Pair()
        var visit = try pair.visit()
        pair.send(Array(Self.data.prefix(count)))
        guard case .nothing = visit.receive() else { throw ProcessError("something came of \(count) bytes") }
        pair.send(Array(Self.data.dropFirst(count)))
        let reading = visit.receive()
        #expect(Self.bytes(reading) == [1, 2, 3, 4])
        #expect(visit.cargo.rest.readableBytes == 0)
    }

    /// A release, an abort, a request out of turn, bytes that are no PDU, and a P-DATA-TF longer than was offered.
    @Test(
        "what is no plain P-DATA is left whole, and the data before it is not",
        arguments: [
            RawPDU.releaseRQ.encoded(), [7, 0, 0, 0, 0, 4, 0, 0, 0, 0], [1, 0, 0, 0, 0, 8], [0x47, 0x45, 0x54],
            [4, 0, 0x10, 0, 0, 0],
        ]
    )
    func others(rest: [UInt8]) throws {
        let pair = Pair()
        var visit = try pair.visit()
        pair.send(Self.data + rest)
        let reading = visit.receive()
        #expect(Self.bytes(reading) == [1, 2, 3, 4])
        guard case .over = visit.receive() else { throw ProcessError("goes on") }
        #expect(Array(visit.cargo.rest.readableBytesView) == rest)
        // The event loop decodes it as though it had been the first to see it.
        var left = visit.cargo.rest
        var fresh = PDUDecoder(limits: Limits().pduDecoder)
        fresh.expectedAssociatePDU = .none
        var copy = left
        let (one, other) = (
            Result { try visit.cargo.decoder.next(from: &left) }, Result { try fresh.next(from: &copy) }
        )
        #expect("\(one)" == "\(other)")
    }

    @Test("what came with the end of the connection is left, and said to be late")
    func late() throws {
        let pair = Pair()
        var visit = try pair.visit()
        pair.send(Self.data)
        pair.end()
        guard case .over = visit.receive() else { throw ProcessError("goes on") }
        #expect(Array(visit.cargo.rest.readableBytesView) == Self.data)
        #expect(visit.cargo.isRestLate)
    }

    @Test("what the peer does not take is kept, in order, and nothing is received before")
    func unsent() throws {
        let pair = Pair()
        var visit = try pair.visit()
        var sent: [UInt8] = []
        var number: UInt8 = 0
        while visit.mayReceive {
            number &+= 1
            let data = ByteBuffer(repeating: number, count: 10_000)
            let value = PresentationDataValue(presentationContextID: 3, isCommand: true, isLast: true, data: data)
            let isSent = visit.send([DataTF(values: [value])])
            #expect(isSent)
            sent += [4, 0, 0, 0, 0x27, 0x16, 0, 0, 0x27, 0x12, 3, 3] + Array(data.readableBytesView)
        }
        var received: [UInt8] = []
        while case let part = pair.receive(65_536), !part.isEmpty { received += part }
        let isWhole = received + Array(visit.cargo.unsent.readableBytesView) == sent
        #expect(isWhole)
    }

    @Test("a trickle is told by what came in a window")
    func trickle() throws {
        let pair = Pair()
        var visit = try pair.visit()
        let start = NIODeadline.uptimeNanoseconds(1) + Limits.courierWindow
        var isTrickle = visit.waited(since: start, now: start)
        #expect(!isTrickle)
        isTrickle = visit.waited(since: start, now: start + Limits.courierWindow - .nanoseconds(1))
        #expect(!isTrickle)
        pair.send(Self.data)
        _ = visit.receive()
        isTrickle = visit.waited(since: start, now: start + Limits.courierWindow)
        #expect(isTrickle)
        let long = RawPDV(context: 3, isCommand: false, isLast: true, data: [UInt8](repeating: 0, count: 100_000)[...])
        pair.send(RawPDU.data([long]).encoded())
        _ = visit.receive()
        isTrickle = visit.waited(since: start, now: start + Limits.courierWindow * 2)
        #expect(!isTrickle)
    }
    @Test("who watches sees what comes, and stops when told to")
    func watch() throws {
        let pair = Pair()
        let visit = try pair.visit()
        var looks = 0
        var events = visit.socket.watch {
            looks += 1
            return looks > 3
        }
        #expect(events.isEmpty)
        #expect(looks == 4)
        looks = 0
        events = visit.socket.watch {
            looks += 1
            if looks == 3 { pair.send(Self.data) }
            return looks > 9
        }
        #expect(events == .readable)
        #expect(looks == 3)
    }

    @Test("a peer is watched for only if it was quick the last time")
    func quick() throws {
        let pair = Pair()
        var visit = try pair.visit()
        let start = NIODeadline.uptimeNanoseconds(1)
        #expect(!visit.isPeerQuick)
        _ = visit.waited(since: start, now: start + Limits.courierWatch - .nanoseconds(1))
        #expect(visit.isPeerQuick)
        _ = visit.waited(since: start, now: start + Limits.courierWatch)
        #expect(!visit.isPeerQuick)
    }
}
