package import struct NIOCore.ByteBuffer

/// Cuts a connection's byte stream into PDUs (PS3.8 §9.3).
///
/// P-DATA-TF is streamed: its announcement, then each presentation data value as its bytes arrive. All other PDUs are
/// decoded whole. Every length is checked against its limit and its parent before it is believed, and nothing is
/// allocated from a claim. How the bytes were cut into reads changes only where ``PDVFragment``s are divided.
///
/// *Resources*: holds no bytes; what is not consumed stays in the caller's buffer: at most the six bytes of a header
/// or, while an A-ASSOCIATE PDU is incomplete, ``Limits/associatePDU``.
package struct PDUDecoder: Sendable {
    /// One step of the stream.
    package enum Element: Equatable, Sendable {
        /// A complete PDU; never `.dataTF`.
        case pdu(PDU)
        /// A P-DATA-TF begins; the fragments of its `length` bytes follow. An empty one has none.
        case dataTF(length: Int, exceedsOffer: Bool)
        /// Part of a presentation data value of the P-DATA-TF that began last.
        case fragment(PDVFragment)
    }

    /// Which of A-ASSOCIATE-RQ and -AC can still come.
    package enum ExpectedAssociatePDU: Sendable { case any, request, answer, none }

    /// An A-ASSOCIATE-RQ or -AC out of its turn fails on its header with ``ProviderAbortReason/unexpectedPDU``, before
    /// its body is waited for. Where Table 9-10 answers such a PDU with an abort, it answers Evt19 with the same one.
    package var expectedAssociatePDU = ExpectedAssociatePDU.any

    private let limits: Limits
    private var phase = Phase.header
    /// The PDU that is complete when the rest of its body has been skipped.
    private var pending: PDU?
    private var failure: PDUDecodingError?
    private var emptyValuesInARow = 0
    private var headerHasBegun = false

    /// Where in the stream the next byte belongs. Plain bytes, so that the path of the data retains nothing.
    private enum Phase {
        case header
        case associate(isRequest: Bool, length: Int)
        case fixed(PDUType, length: Int)
        case skipping(Int)
        /// Between two values; `remaining` bytes of the PDU, never 0.
        case dataTF(remaining: Int)
        /// Within a value; `value` bytes of it and `remaining` bytes of the PDU behind it.
        case value(Value, value: Int, remaining: Int)
    }

    private struct Value {
        var presentationContextID: UInt8
        var isCommand: Bool
        var isLast: Bool
    }

    package init(limits: Limits) { self.limits = limits }

    /// Bytes of an unfinished PDU are outstanding.
    package var isWithinPDU: Bool {
        if case .header = phase { headerHasBegun } else { true }
    }

    /// Takes the next element out of `buffer`.
    ///
    /// - Returns: `nil` if more bytes are needed. The reader index moves only past what was consumed.
    /// *Errors*: the peer's fault; the decoder then stays failed and repeats the error.
    package mutating func next(from buffer: inout ByteBuffer) throws(PDUDecodingError) -> Element? {
        if let failure { throw failure }
        while true {
            switch phase {
            case .header:
                switch try header(&buffer) {
                case .incomplete: return nil
                case .begun: continue
                case .element(let element): return element
                }
            case .value(let header, let value, let remaining):
                return fragment(of: header, value: value, remaining: remaining, &buffer)
            case .dataTF(let remaining):
                guard try valueHeader(remaining: remaining, &buffer) else { return nil }
            case .associate(let isRequest, let length):
                guard let body = buffer.readSlice(length: length) else { return nil }
                phase = .header
                return .pdu(try associate(isRequest: isRequest, body))
            case .fixed(let type, let length):
                guard let body = buffer.readInteger(as: UInt32.self) else { return nil }
                pending = type.fixedPDU(body)
                phase = .skipping(length - 4)
            case .skipping(let remaining):
                let skipped = min(remaining, buffer.readableBytes)
                buffer.moveReaderIndex(forwardBy: skipped)
                phase = .skipping(remaining - skipped)
                guard skipped == remaining else { return nil }
                phase = .header
                guard let pdu = pending.take() else { continue }
                return .pdu(pdu)
            }
        }
    }

    private enum HeaderResult { case incomplete, begun, element(Element) }

    /// Type and length of a PDU (PS3.8 §9.3.1). The type is judged on its byte alone, so that what is no DICOM is
    /// answered even if it waits after a word.
    private mutating func header(_ buffer: inout ByteBuffer) throws(PDUDecodingError) -> HeaderResult {
        guard let first = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) else {
            headerHasBegun = false
            return .incomplete
        }
        headerHasBegun = true
        guard let type = PDUType(rawValue: first) else {
            // The types of TLS records (RFC 8446 §5.1).
            let cause = (0x14...0x17).contains(first) ? ": the peer speaks TLS on a plain connection" : ""
            throw fail(.unrecognizedPDU, "PDU type \(first)\(cause)")
        }
        guard let length = buffer.getInteger(at: buffer.readerIndex + 2, as: UInt32.self).map({ Int($0) }) else {
            return .incomplete
        }
        switch type {
        case .dataTF:
            guard length <= limits.dataPDU else { throw tooLong(type, length, limits.dataPDU) }
            buffer.moveReaderIndex(forwardBy: Self.headerLength)
            if length == 0 { try countEmptyValue() } else { phase = .dataTF(remaining: length) }
            headerHasBegun = false
            let exceedsOffer = limits.offeredDataPDU != 0 && length > limits.offeredDataPDU
            return .element(.dataTF(length: length, exceedsOffer: exceedsOffer))
        case .associateRQ, .associateAC:
            let isRequest = type == .associateRQ
            switch expectedAssociatePDU {
            case .none: throw fail(.unexpectedPDU, "unexpected \(type)")
            case .answer where isRequest, .request where !isRequest: throw fail(.unexpectedPDU, "unexpected \(type)")
            case .any, .request, .answer: break
            }
            guard length <= limits.associatePDU else { throw tooLong(type, length, limits.associatePDU) }
            phase = .associate(isRequest: isRequest, length: length)
        case .associateRJ, .releaseRQ, .releaseRP, .abort:
            guard length >= 4 else { throw fail(.invalidPDUParameterValue, "\(type) of \(length) bytes") }
            guard length <= limits.fixedPDU else { throw tooLong(type, length, limits.fixedPDU) }
            phase = .fixed(type, length: length)
        }
        buffer.moveReaderIndex(forwardBy: Self.headerLength)
        headerHasBegun = false
        return .begun
    }

    /// Length, context id and control header of a value (PS3.8 Table 9-23, §E.2).
    ///
    /// - Returns: whether they were there.
    private mutating func valueHeader(remaining: Int, _ buffer: inout ByteBuffer) throws(PDUDecodingError) -> Bool {
        guard remaining >= PresentationDataValue.headerLength else {
            throw fail(.invalidPDUParameterValue, "\(remaining) bytes after the last value of P-DATA-TF")
        }
        let index = buffer.readerIndex
        guard let length = buffer.getInteger(at: index, as: UInt32.self).map({ Int($0) }) else { return false }
        guard length >= 2 else { throw fail(.invalidPDUParameterValue, "presentation data value of length \(length)") }
        guard length <= remaining - 4 else {
            throw fail(
                .invalidPDUParameterValue,
                "presentation data value of length \(length) in the last \(remaining) bytes of P-DATA-TF"
            )
        }
        guard let id = buffer.getInteger(at: index + 4, as: UInt8.self),
            let control = buffer.getInteger(at: index + 5, as: UInt8.self)
        else { return false }
        buffer.moveReaderIndex(forwardBy: PresentationDataValue.headerLength)
        // The other bits are reserved and not tested (PS3.8 §E.2).
        let value = Value(presentationContextID: id, isCommand: control & 1 != 0, isLast: control & 2 != 0)
        if length == 2 { try countEmptyValue() } else { emptyValuesInARow = 0 }
        phase = .value(value, value: length - 2, remaining: remaining - 4 - length)
        return true
    }

    /// As much of the value as has arrived: at least one byte, or the one empty fragment of an empty value.
    private mutating func fragment(of header: Value, value: Int, remaining: Int, _ buffer: inout ByteBuffer)
        -> Element?
    {
        let count = min(value, buffer.readableBytes)
        guard count > 0 || value == 0, let bytes = buffer.readSlice(length: count) else { return nil }
        let ends = count == value
        if !ends {
            phase = .value(header, value: value - count, remaining: remaining)
        } else {
            phase = remaining > 0 ? .dataTF(remaining: remaining) : .header
        }
        return .fragment(
            PDVFragment(
                presentationContextID: header.presentationContextID,
                isCommand: header.isCommand,
                isLast: ends && header.isLast,
                endsValue: ends,
                bytes: bytes
            )
        )
    }

    private mutating func associate(isRequest: Bool, _ body: ByteBuffer) throws(PDUDecodingError) -> PDU {
        do {
            var items = ItemBudget(remaining: limits.items)
            return isRequest
                ? .associateRQ(try AssociateRQ(decoding: body, &items))
                : .associateAC(try AssociateAC(decoding: body, &items))
        } catch {
            failure = error
            throw error
        }
    }

    /// Values without data move nothing on; only so many may come in a row.
    private mutating func countEmptyValue() throws(PDUDecodingError) {
        emptyValuesInARow += 1
        if emptyValuesInARow > limits.emptyValuesInARow {
            throw fail(.notSpecified, "more than \(limits.emptyValuesInARow) values without data in a row")
        }
    }

    @inline(never)
    private mutating func tooLong(_ type: PDUType, _ length: Int, _ limit: Int) -> PDUDecodingError {
        fail(.invalidPDUParameterValue, "\(type) of \(length) bytes, limit \(limit)")
    }

    @inline(never)
    private mutating func fail(_ reason: ProviderAbortReason, _ description: String) -> PDUDecodingError {
        let error = PDUDecodingError(reason, description)
        failure = error
        return error
    }

    /// Type, reserved byte and length.
    static let headerLength = 6
}

extension PDUType: CustomStringConvertible {
    var description: String {
        switch self {
        case .associateRQ: "A-ASSOCIATE-RQ"
        case .associateAC: "A-ASSOCIATE-AC"
        case .associateRJ: "A-ASSOCIATE-RJ"
        case .dataTF: "P-DATA-TF"
        case .releaseRQ: "A-RELEASE-RQ"
        case .releaseRP: "A-RELEASE-RP"
        case .abort: "A-ABORT"
        }
    }
}
