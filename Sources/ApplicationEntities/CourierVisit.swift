import Associations
import NIOCore

/// One visit of a courier: the association's transport between the event loop's turns.
///
/// It knows nothing but P-DATA: DT-1 and DT-2 of PS3.8 Table 9-10, in Sta6. Before anything else it stops.
struct CourierVisit: Sendable {
    /// What the courier takes over from the event loop, and gives back.
    struct Cargo: Sendable {
        var decoder: PDUDecoder
        var machine: AssociationStateMachine
        /// Bytes that were received and not decoded.
        var rest: ByteBuffer
        /// The peer had closed when the last of `rest` came: the event loop may have read before.
        var isRestLate = false
        /// What the kernel has not taken of the last responses.
        var unsent = ByteBuffer()
        /// What is no data, to be said after the visit.
        var requests: [UpperLayerRequest] = []
    }

    /// What a read brings.
    enum Reading {
        case fragments([PDVFragment])
        /// Nothing that is whole yet.
        case nothing
        /// The rest is the event loop's.
        case over
    }

    var cargo: Cargo
    let socket: CourierSocket
    /// The association's task, if it waits for fragments; nil ends the visit.
    var reader: UnsafeContinuation<[PDVFragment]?, Never>?
    private let observer: UpperLayerHandler.Observer
    private var buffer = ByteBuffer()
    private var isOver = false
    private var windowStart = NIODeadline.uptimeNanoseconds(0)
    private var windowBytes = 0

    init(_ cargo: Cargo, _ socket: CourierSocket, observer: @escaping UpperLayerHandler.Observer) {
        self.cargo = cargo
        self.socket = socket
        self.observer = observer
    }

    /// Receives what has come, and decodes it.
    mutating func receive() -> Reading {
        guard !self.isOver else { return .over }
        self.buffer.clear(minimumCapacity: Limits.readBufferMaximum)
        self.buffer.writeImmutableBuffer(self.cargo.rest)
        let before = self.cargo.rest.readableBytes
        guard self.socket.receive(into: &self.buffer) else { return .over }
        self.cargo.rest = ByteBuffer()
        self.windowBytes += self.buffer.readableBytes - before
        if self.socket.events.contains(.ended) {
            // A closed connection is read by the event loop too: which of us was first cannot be told.
            self.cargo.rest = self.buffer
            self.cargo.isRestLate = true
            return .over
        }
        return self.decode()
    }

    private mutating func decode() -> Reading {
        var bytes = self.buffer
        var fragments: [PDVFragment] = []
        while !self.isOver {
            let (decoder, index) = (self.cargo.decoder, bytes.readerIndex)
            let element: PDUDecoder.Element?
            do {
                element = try self.cargo.decoder.next(from: &bytes)
            } catch {
                element = nil
                self.isOver = true
            }
            switch element {
            case .fragment(let fragment): fragments.append(fragment)
            case .dataTF(_, exceedsOffer: false): self.isOver = !self.perform(.evt10)
            case .dataTF, .pdu: self.isOver = true
            case nil where !self.isOver:
                if bytes.readableBytes > 0 { self.cargo.rest = ByteBuffer(buffer: bytes) }
                return fragments.isEmpty ? .nothing : .fragments(fragments)
            case nil: break
            }
            if self.isOver {
                self.cargo.decoder = decoder
                bytes.moveReaderIndex(to: index)
                self.cargo.rest = bytes
            }
        }
        return fragments.isEmpty ? .over : .fragments(fragments)
    }

    /// Sends P-DATA-TFs; false if one cannot be sent now, and the event loop is to say the rest.
    mutating func send(_ values: [DataTF]) -> Bool {
        guard self.cargo.requests.isEmpty else { return false }
        for value in values {
            guard self.perform(.evt9(value)), (try? PDU.dataTF(value).encode(into: &self.cargo.unsent)) != nil else {
                return false
            }
        }
        self.socket.send(&self.cargo.unsent)
        if self.cargo.unsent.readableBytes == 0 { self.cargo.unsent.clear() }
        return true
    }

    /// Nothing but DT-1 and DT-2 is performed here.
    private mutating func perform(_ event: Event) -> Bool {
        var machine = self.cargo.machine
        guard let transition = try? machine.handle(event), transition.to == .sta6 else { return false }
        self.cargo.machine = machine
        self.observer(transition)
        return true
    }

    /// All that came was handled, and nothing is left to be said by the event loop.
    var mayReceive: Bool { self.cargo.unsent.readableBytes == 0 && self.cargo.requests.isEmpty }

    /// The last bytes came so soon after the courier had begun to wait that the next ones are worth watching for.
    private(set) var isPeerQuick = false

    /// Notes a wait for the peer that has ended; true if what came lately is a trickle, less than is worth a thread.
    mutating func waited(since start: NIODeadline, now: NIODeadline) -> Bool {
        self.isPeerQuick = now - start < Limits.courierWatch
        guard now - self.windowStart >= Limits.courierWindow else { return false }
        let isTrickle = self.windowStart.uptimeNanoseconds > 0 && self.windowBytes < Limits.courierWindowBytes
        self.windowStart = now
        self.windowBytes = 0
        return isTrickle
    }
}
