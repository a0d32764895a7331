/// How elements are written in (part of) a data set (PS3.5 §7.1, §7.3).
enum Encoding: Equatable, Sendable {
    case implicitLittleEndian
    case explicitLittleEndian
    case explicitBigEndian
}

/// Up to 12 bytes of an element header as they came, in two registers.
struct RawHeader: Equatable, Sendable {
    /// The first eight bytes, the first of them lowest.
    var low: UInt64 = 0
    /// The next four.
    var high: UInt32 = 0
    /// How many of the bytes are there.
    var count = 0

    /// The bytes where an explicit header has its VR.
    var vr: VR { VR(rawValue: UInt16(truncatingIfNeeded: low >> 32).byteSwapped) }

    /// The group number, read as little endian.
    var littleEndianGroup: UInt16 { UInt16(truncatingIfNeeded: low) }

    mutating func append(_ byte: UInt8) {
        if count < 8 {
            low |= UInt64(byte) << (8 * UInt64(count))
        } else {
            high |= UInt32(byte) << (8 * UInt32(count - 8))
        }
        count += 1
    }
}

/// A data element's header: everything before its value.
struct ElementHeader: Equatable, Sendable {
    /// FFFFFFFFH, "undefined length" (PS3.5 §7.1.1).
    static let undefinedLength: UInt32 = 0xFFFF_FFFF

    var tag: Tag
    /// The bytes in the VR's place; of no meaning in implicit VR and in items and delimiters.
    var vr: VR
    /// The value's length in bytes, or `undefinedLength`.
    var length: UInt32
    /// The header's own: 8, or 12 for a 32-bit length in explicit VR. With `raw.count` less than this, `length` is not yet right.
    var size: Int

    init(_ raw: RawHeader, encoding: Encoding) {
        vr = raw.vr
        size = 8
        if encoding == .explicitBigEndian {
            let words = raw.low.byteSwapped
            tag = Tag(UInt32(truncatingIfNeeded: words >> 32))
            length = UInt32(truncatingIfNeeded: words)
            if tag.group != 0xFFFE {
                if vr.hasLongLength {
                    size = 12
                    length = raw.high.byteSwapped
                } else {
                    length &= 0xFFFF
                }
            }
            return
        }
        tag = Tag(UInt32(raw.littleEndianGroup) << 16 | UInt32(UInt16(truncatingIfNeeded: raw.low >> 16)))
        length = UInt32(truncatingIfNeeded: raw.low >> 32)
        // Items and delimiters have no VR in any encoding (PS3.5 §7.5).
        if encoding == .explicitLittleEndian && tag.group != 0xFFFE {
            if vr.hasLongLength {
                size = 12
                length = raw.high
            } else {
                length >>= 16
            }
        }
    }
}
