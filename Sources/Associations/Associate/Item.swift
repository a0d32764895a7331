import struct NIOCore.ByteBuffer

/// The types of items and sub-items (PS3.8 §9.3.2 and §9.3.3, PS3.7 §D.3.3).
enum ItemType: UInt8 {
    case applicationContext = 0x10
    case proposedPresentationContext = 0x20
    case answeredPresentationContext = 0x21
    case abstractSyntax = 0x30
    case transferSyntax = 0x40
    case userInformation = 0x50
    case maximumLength = 0x51
    case implementationClassUID = 0x52
    case asynchronousOperationsWindow = 0x53
    case roleSelection = 0x54
    case implementationVersionName = 0x55
    case extendedNegotiation = 0x56
    case commonExtendedNegotiation = 0x57
    case userIdentityRQ = 0x58
    case userIdentityAC = 0x59
}

/// One item: its content is a slice of its parent's, so that a wrong length inside cannot reach out of it.
struct Item {
    var type: UInt8
    /// Reserved, but for the version of a common extended negotiation.
    var second: UInt8
    var content: ByteBuffer
}

/// How many more items a PDU may have.
struct ItemBudget {
    var remaining: Int

    mutating func take() throws(PDUDecodingError) {
        guard remaining > 0 else { throw PDUDecodingError(.notSpecified, "too many items in one PDU") }
        remaining -= 1
    }
}

extension ByteBuffer {
    /// The next item of a parent's variable field; `nil` at its end (PS3.8 §9.3.1).
    mutating func readItem(_ budget: inout ItemBudget) throws(PDUDecodingError) -> Item? {
        let available = readableBytes
        guard available > 0 else { return nil }
        try budget.take()
        guard let type = readInteger(as: UInt8.self), let second = readInteger(as: UInt8.self),
            let length = readInteger(as: UInt16.self)
        else { throw PDUDecodingError(.invalidPDUParameterValue, "\(available) bytes after the last item") }
        guard let content = readSlice(length: Int(length)) else {
            throw PDUDecodingError(
                .invalidPDUParameterValue,
                "item of type \(type) and length \(length) in the last \(available) bytes of its parent"
            )
        }
        return Item(type: type, second: second, content: content)
    }

    /// A field with a length of its own in front of it.
    mutating func readLengthPrefixedSlice(_ field: StaticString) throws(PDUDecodingError) -> ByteBuffer {
        guard let length = readInteger(as: UInt16.self), let slice = readSlice(length: Int(length)) else {
            throw PDUDecodingError(.invalidPDUParameterValue, "\(field) longer than its item")
        }
        return slice
    }

    /// An integer field.
    mutating func readField<Integer: FixedWidthInteger>(_ field: StaticString, as: Integer.Type = Integer.self)
        throws(PDUDecodingError) -> Integer
    {
        guard let value = readInteger(as: Integer.self) else {
            throw PDUDecodingError(.invalidPDUParameterValue, "\(field) missing")
        }
        return value
    }

    /// The item must end here.
    func expectEnd(of item: StaticString) throws(PDUDecodingError) {
        guard readableBytes == 0 else {
            throw PDUDecodingError(.invalidPDUParameterValue, "\(readableBytes) bytes too many in \(item)")
        }
    }

    /// All that is left, as bytes, as text or as a UID.
    var remainingBytes: [UInt8] { Array(readableBytesView) }

    var remainingUID: UID { UID(asSent: readableBytesView) }

    var remainingText: String { String(latin1: readableBytesView.withoutTrailingPadding) }
}
