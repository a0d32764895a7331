/// Byte order of the upper layer (big) and of command sets and most data sets (little), for tests that build both by
/// hand.
extension [UInt8] {
    /// Appends a 16-bit number, most significant byte first.
    package mutating func append(big16 value: Int) {
        append(UInt8(truncatingIfNeeded: value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }

    /// Appends a 32-bit number, most significant byte first.
    package mutating func append(big32 value: Int) {
        append(big16: value >> 16)
        append(big16: value)
    }

    /// Appends a 16-bit number, least significant byte first.
    package mutating func append(little16 value: Int) {
        append(UInt8(truncatingIfNeeded: value))
        append(UInt8(truncatingIfNeeded: value >> 8))
    }

    /// Appends a 32-bit number, least significant byte first.
    package mutating func append(little32 value: Int) {
        append(little16: value)
        append(little16: value >> 16)
    }

    /// The big-endian number of two bytes at `offset`.
    package func big16(at offset: Int) -> Int {
        Int(self[offset]) << 8 | Int(self[offset + 1])
    }

    /// The big-endian number of four bytes at `offset`.
    package func big32(at offset: Int) -> Int {
        big16(at: offset) << 16 | big16(at: offset + 2)
    }

    /// The little-endian number of two bytes at `offset`.
    package func little16(at offset: Int) -> Int {
        Int(self[offset]) | Int(self[offset + 1]) << 8
    }

    /// The little-endian number of four bytes at `offset`.
    package func little32(at offset: Int) -> Int {
        little16(at: offset) | little16(at: offset + 2) << 16
    }

    /// Text as bytes, with `padding` added if the length is odd.
    package init(even text: String, padding: UInt8 = 0) {
        self = Array(text.utf8)
        if count % 2 == 1 { append(padding) }
    }
}

/// UIDs that tests use often.
package enum RawUID {
    package static let verification = "1.2.840.10008.1.1"
    package static let ctImage = "1.2.840.10008.5.1.4.1.1.2"
    package static let mrImage = "1.2.840.10008.5.1.4.1.1.4"
    package static let applicationContext = "1.2.840.10008.3.1.1.1"
    package static let implicitLittle = "1.2.840.10008.1.2"
    package static let explicitLittle = "1.2.840.10008.1.2.1"
    package static let deflated = "1.2.840.10008.1.2.1.99"
    package static let explicitBig = "1.2.840.10008.1.2.2"
    package static let jpegBaseline = "1.2.840.10008.1.2.4.50"
}
