import Associations
import NIOCore

/// Any byte string is decoded or refused, how it was cut into reads does not matter, and what was decoded has an
/// encoding that means the same.
enum PDUBody {
    /// Small enough to be met by short inputs.
    private static let limits = PDUDecoder.Limits(
        associatePDU: 8_192,
        dataPDU: 65_536,
        offeredDataPDU: 1_024,
        fixedPDU: 64,
        emptyValuesInARow: 8,
        items: 256
    )

    private static let expectations: [PDUDecoder.ExpectedAssociatePDU] = [.any, .request, .answer, .none]

    static func run(_ input: FuzzInput) throws(Violation) {
        var input = input
        let expected = expectations[input.steer() & 3]
        let cuts = input.steer()
        let bytes = input.rest
        let whole = decode(bytes, CollectionOfOne(0..<bytes.count), expected)
        let cut = decode(bytes, Cuts(of: bytes.count, steeredBy: cuts), expected)
        try expect(whole == cut, "\(whole)\ncut into reads:\n\(cut)")
        if whole.error == nil {
            try expect(whole.isWithinPDU || whole.unread == 0, "\(whole.unread) bytes left between two PDUs")
            try expect(whole.unread <= limits.associatePDU, "\(whole.unread) bytes left undecoded")
        }
        for case .pdu(let pdu) in whole.elements {
            try roundTrip(pdu)
        }
    }

    private static func roundTrip(_ pdu: PDU) throws(Violation) {
        var buffer = ByteBuffer()
        // What is refused here was longer than its field of the other PDUs allows.
        guard (try? pdu.encode(into: &buffer)) != nil, buffer.readableBytes <= limits.associatePDU else { return }
        var decoder = PDUDecoder(limits: limits)
        let again = try? decoder.next(from: &buffer)
        try expect(again == .pdu(pdu), "\(pdu)\nencoded and decoded:\n\(String(describing: again))")
        try expect(buffer.readableBytes == 0, "\(buffer.readableBytes) bytes too many in the encoding of \(pdu)")
    }

    /// What a stream gives, in a form that does not show how it was cut: the fragments of one value are one.
    private struct Decoded: Equatable {
        var elements: [PDUDecoder.Element] = []
        var error: PDUDecodingError?
        var isWithinPDU = false
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
    }

    private static func decode(
        _ bytes: UnsafeRawBufferPointer,
        _ reads: some Sequence<Range<Int>>,
        _ expected: PDUDecoder.ExpectedAssociatePDU
    ) -> Decoded {
        var decoder = PDUDecoder(limits: limits)
        decoder.expectedAssociatePDU = expected
        var decoded = Decoded()
        var buffer = ByteBuffer()
        for read in reads where decoded.error == nil {
            buffer.writeBytes(bytes[read])
            do {
                while let element = try decoder.next(from: &buffer) { decoded.append(element) }
            } catch {
                decoded.error = error
            }
        }
        guard decoded.error == nil else { return decoded }
        decoded.isWithinPDU = decoder.isWithinPDU
        decoded.unread = buffer.readableBytes
        return decoded
    }
}
