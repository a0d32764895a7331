import Associations
import NIOCore

extension PDUDecoder.Limits {
    /// Small enough to be met by a test.
    static let test = PDUDecoder.Limits(
        associatePDU: 1 << 20,
        dataPDU: 1 << 20,
        offeredDataPDU: 16384,
        fixedPDU: 64,
        emptyValuesInARow: 8,
        items: 4096
    )
}

/// What a stream of bytes gives, in a form that does not show how it was cut: the fragments of a value are one.
struct Decoded: Equatable, CustomStringConvertible {
    var elements: [PDUDecoder.Element] = []
    var error: PDUDecodingError?
    var isWithinPDU = false
    /// What the decoder left in the buffer.
    var unread = 0

    mutating func append(_ element: PDUDecoder.Element) {
        guard case .fragment(let next) = element, case .fragment(var last) = elements.last, !last.endsValue else {
            elements.append(element)
            return
        }
        last.bytes.writeImmutableBuffer(next.bytes)
        last.isLast = next.isLast
        last.endsValue = next.endsValue
        elements[elements.count - 1] = .fragment(last)
    }

    var pdus: [PDU] {
        elements.compactMap { if case .pdu(let pdu) = $0 { pdu } else { nil } }
    }

    var description: String {
        let names = elements.map { String(String(describing: $0).prefix(200)) }.joined(separator: "\n")
        return "\(names)\nerror: \(String(describing: error)), within: \(isWithinPDU), unread: \(unread)"
    }
}

/// Decodes bytes that arrive in several reads.
///
/// - Parameter cuts: Where the reads end, ascending.
func decode(_ bytes: [UInt8], cutAt cuts: [Int] = [], limits: PDUDecoder.Limits = .test) -> Decoded {
    var decoder = PDUDecoder(limits: limits)
    var decoded = Decoded()
    var buffer = ByteBuffer()
    var start = 0
    for end in cuts + [bytes.count] {
        buffer.writeBytes(bytes[start..<end])
        start = end
        do {
            while let element = try decoder.next(from: &buffer) { decoded.append(element) }
        } catch {
            decoded.error = error
        }
    }
    decoded.isWithinPDU = decoder.isWithinPDU
    decoded.unread = buffer.readableBytes
    return decoded
}

/// Decodes bytes that arrive one at a time.
func dripFeed(_ bytes: [UInt8], limits: PDUDecoder.Limits = .test) -> Decoded {
    decode(bytes, cutAt: bytes.isEmpty ? [] : Array(1..<bytes.count), limits: limits)
}

extension PDU {
    /// Its bytes.
    func encoded() throws -> [UInt8] {
        var buffer = ByteBuffer()
        try encode(into: &buffer)
        return Array(buffer.readableBytesView)
    }
}
