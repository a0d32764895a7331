/// The fields of a response that the generator checks (PS3.7 §9.3.1.2).
struct Response {
    var field: UInt16 = 0
    var messageID: UInt16 = 0
    var status: UInt16 = .max
    /// Affected SOP Instance UID, without padding; empty where the peer leaves it out.
    var sopInstanceUID = SmallUID()
}

/// A UID of up to 72 bytes, held without an allocation: one is compared for every object.
struct SmallUID {
    private var bytes: InlineArray<72, UInt8> = .init(repeating: 0)
    private(set) var count = 0

    mutating func set(_ source: UnsafeRawBufferPointer) {
        count = min(source.count, bytes.count)
        for index in 0..<count { bytes[index] = source[index] }
    }

    func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        guard other.count == count else { return false }
        for index in 0..<count where bytes[index] != other[index] { return false }
        return true
    }
}

/// Reads one response: a command set in one P-DATA-TF or in several.
enum ResponseParser {
    static func next(_ reader: PDUReader, _ descriptor: Int32) throws -> Response {
        var fragments: [UInt8] = []
        while true {
            let body = try reader.next(descriptor, expecting: PDUType.dataTF)
            var offset = 0
            while offset < body.count {
                guard body.count - offset >= 6 else { throw BenchError.protocolFault("response: short PDV") }
                let length = Int(body.bigEndian32(offset))
                guard length >= 2, length <= body.count - offset - 4 else {
                    throw BenchError.protocolFault("response: PDV of length \(length)")
                }
                let flags = body[offset + 5]
                guard flags & 1 == 1 else { throw BenchError.protocolFault("response: a data set") }
                let bytes = UnsafeRawBufferPointer(rebasing: body[(offset + 6)..<(offset + 4 + length)])
                offset += 4 + length
                if flags & 2 == 0 {
                    fragments += bytes
                } else {
                    guard offset == body.count else {
                        throw BenchError.protocolFault("response: more than one in a PDU")
                    }
                    if fragments.isEmpty { return try parse(bytes) }
                    fragments += bytes
                    return try fragments.withUnsafeBytes { try parse($0) }
                }
            }
        }
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer) throws -> Response {
        var response = Response()
        var at = 0
        while at + 8 <= bytes.count {
            let length = Int(bytes.littleEndian32(at + 4))
            guard bytes.littleEndian16(at) == 0, length <= bytes.count - at - 8 else {
                throw BenchError.protocolFault("response: not a command set")
            }
            switch (bytes.littleEndian16(at + 2), length) {
            case (0x0100, 2): response.field = bytes.littleEndian16(at + 8)
            case (0x0120, 2): response.messageID = bytes.littleEndian16(at + 8)
            case (0x0900, 2): response.status = bytes.littleEndian16(at + 8)
            case (0x1000, 1...66):
                var end = at + 8 + length
                while end > at + 8, bytes[end - 1] == 0 || bytes[end - 1] == 0x20 { end -= 1 }
                response.sopInstanceUID.set(UnsafeRawBufferPointer(rebasing: bytes[(at + 8)..<end]))
            default: break
            }
            at += 8 + length
        }
        return response
    }
}
