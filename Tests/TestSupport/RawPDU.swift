/// A PDU as bytes on the wire (PS3.8 §9.3), independent of the code under test.
package struct RawPDU: Equatable, Sendable {
    package var type: UInt8
    package var body: [UInt8]

    package init(type: UInt8, body: [UInt8]) {
        self.type = type
        self.body = body
    }

    /// The PDU with its true length, or with `length` as a liar writes it.
    package func encoded(length: Int? = nil) -> [UInt8] { rawPDU(type, body, length: length) }

    package static let releaseRQ = RawPDU(type: 5, body: [0, 0, 0, 0])
    package static let releaseRP = RawPDU(type: 6, body: [0, 0, 0, 0])

    package static func abort(source: UInt8, reason: UInt8) -> RawPDU {
        RawPDU(type: 7, body: [0, 0, source, reason])
    }

    /// A P-DATA-TF of these values.
    package static func data(_ values: [RawPDV]) -> RawPDU {
        RawPDU(type: 4, body: values.flatMap { $0.encoded() })
    }
}

/// The bytes of a PDU: type, reserved byte, 32-bit length; the true one, or `length`.
package func rawPDU(_ type: UInt8, _ body: [UInt8], length: Int? = nil) -> [UInt8] {
    var bytes: [UInt8] = [type, 0]
    bytes.append(big32: length ?? body.count)
    return bytes + body
}

/// A presentation data value (PS3.8 §9.3.5.1, Annex E.2).
package struct RawPDV: Equatable, Sendable {
    package var context: UInt8
    package var isCommand: Bool
    package var isLast: Bool
    package var data: ArraySlice<UInt8>

    package init(context: UInt8, isCommand: Bool, isLast: Bool, data: ArraySlice<UInt8>) {
        self.context = context
        self.isCommand = isCommand
        self.isLast = isLast
        self.data = data
    }

    /// The item with its true length, or with `length` as a liar writes it.
    package func encoded(length: Int? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(big32: length ?? data.count + 2)
        bytes.append(context)
        bytes.append((isCommand ? 1 : 0) | (isLast ? 2 : 0))
        return bytes + data
    }
}

/// An item or sub-item of an A-ASSOCIATE PDU: type, reserved byte, 16-bit length.
package func rawItem(_ type: UInt8, _ body: [UInt8], length: Int? = nil) -> [UInt8] {
    var bytes: [UInt8] = [type, 0]
    bytes.append(big16: length ?? body.count)
    return bytes + body
}

/// What the node answered, as the peer sees it.
package enum RawAnswer: Equatable, Sendable {
    case accepted(RawAccept)
    case rejected(result: UInt8, source: UInt8, reason: UInt8)
    case aborted(source: UInt8, reason: UInt8)
    case released
    case releaseRequested
    case data([RawPDV])
    case other(UInt8)
    /// The connection ended in order, without a PDU.
    case closed
    /// The connection was reset, which can destroy an answer on its way.
    case reset
    /// Neither an answer nor an end.
    case silence
}

/// An A-ASSOCIATE-AC.
package struct RawAccept: Equatable, Sendable {
    package struct Context: Equatable, Sendable {
        package var id: UInt8
        package var result: UInt8
        package var transferSyntaxes: [String]
    }

    /// The titles as echoed, 16 bytes each.
    package var calledAETitle: [UInt8]
    package var callingAETitle: [UInt8]
    package var contexts: [Context] = []
    /// User-information sub-items in the order of the PDU.
    package var userItems: [(type: UInt8, body: [UInt8])] = []

    package static func == (left: RawAccept, right: RawAccept) -> Bool {
        left.contexts == right.contexts && left.userItems.elementsEqual(right.userItems) { $0 == $1 }
    }

    /// The value of the first sub-item of a type.
    package func userItem(_ type: UInt8) -> [UInt8]? {
        userItems.first { $0.type == type }?.body
    }

    /// The node's maximum length (sub-item 51H).
    package var maximumLength: Int {
        userItem(0x51).flatMap { $0.count == 4 ? $0.big32(at: 0) : nil } ?? 0
    }

    package init?(_ body: [UInt8]) {
        guard body.count >= 68 else { return nil }
        calledAETitle = Array(body[4..<20])
        callingAETitle = Array(body[20..<36])
        guard let items = rawItems(Array(body[68...])) else { return nil }
        for item in items {
            switch item.type {
            case 0x21:
                guard item.body.count >= 4, let syntaxes = rawItems(Array(item.body[4...])) else { return nil }
                contexts.append(
                    Context(
                        id: item.body[0],
                        result: item.body[2],
                        transferSyntaxes: syntaxes.map { String(decoding: $0.body, as: UTF8.self).trimmingPadding() }
                    )
                )
            case 0x50:
                guard let sub = rawItems(item.body) else { return nil }
                userItems = sub
            default: break
            }
        }
    }
}

/// Items one after the other; nil if they do not end where the bytes end.
func rawItems(_ bytes: [UInt8]) -> [(type: UInt8, body: [UInt8])]? {
    var items: [(type: UInt8, body: [UInt8])] = []
    var offset = 0
    while offset < bytes.count {
        guard offset + 4 <= bytes.count else { return nil }
        let length = bytes.big16(at: offset + 2)
        guard offset + 4 + length <= bytes.count else { return nil }
        items.append((bytes[offset], Array(bytes[offset + 4..<offset + 4 + length])))
        offset += 4 + length
    }
    return items
}

extension RawSocket {
    /// Reads one PDU.
    package func receivePDU() throws -> RawPDU {
        let head = try receive(exactly: 6)
        return RawPDU(type: head[0], body: try receive(exactly: head.big32(at: 2)))
    }

    /// Reads one PDU, or finds out why there is none.
    package func answer() -> RawAnswer {
        let pdu: RawPDU
        do {
            pdu = try receivePDU()
        } catch RawSocket.End.closed {
            return .closed
        } catch RawSocket.End.reset {
            return .reset
        } catch {
            return .silence
        }
        switch pdu.type {
        case 2: return RawAccept(pdu.body).map { .accepted($0) } ?? .other(2)
        case 3 where pdu.body.count == 4:
            return .rejected(result: pdu.body[1], source: pdu.body[2], reason: pdu.body[3])
        case 4: return rawValues(pdu.body).map { .data($0) } ?? .other(4)
        case 5: return .releaseRequested
        case 6: return .released
        case 7 where pdu.body.count == 4: return .aborted(source: pdu.body[2], reason: pdu.body[3])
        default: return .other(pdu.type)
        }
    }
}

/// The values of a P-DATA-TF; nil if they do not fill it.
private func rawValues(_ bytes: [UInt8]) -> [RawPDV]? {
    var values: [RawPDV] = []
    var offset = 0
    while offset < bytes.count {
        guard offset + 6 <= bytes.count else { return nil }
        let length = bytes.big32(at: offset)
        guard length >= 2, offset + 4 + length <= bytes.count else { return nil }
        let control = bytes[offset + 5]
        values.append(
            RawPDV(
                context: bytes[offset + 4],
                isCommand: control & 1 != 0,
                isLast: control & 2 != 0,
                data: bytes[offset + 6..<offset + 4 + length]
            )
        )
        offset += 4 + length
    }
    return values
}
