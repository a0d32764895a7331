/// How elements are written in (part of) a data set (PS3.5 §7.1, §7.3).
enum Encoding: Equatable, Sendable {
    case implicitLittleEndian
    case explicitLittleEndian
    case explicitBigEndian
}

/// How the header of one element is read (PS3.5 §7.1.2, §7.1.3).
enum Reading: Equatable, Sendable {
    /// As the VR says.
    case standard
    /// No VR: a 32-bit length behind the tag, as in implicit VR.
    case withoutVR
    /// A 16-bit length behind the VR.
    case shortLength
    /// Two reserved bytes behind the VR, then a 32-bit length.
    case longLength
    /// As the VR says: this element and those behind it are in explicit VR little endian, whatever was thought before.
    case explicitVR
    /// This element and those behind it are in implicit VR, whatever was thought before.
    case implicitVR
    /// No header: padding.
    case padding
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
    /// The header's own: 8, or 12 for a 32-bit length in explicit VR. With `raw.count` less than this, `length` is not
    /// yet right.
    var size: Int
    /// It has a VR.
    var hasVR = false

    init(_ raw: RawHeader, encoding: Encoding, reading: Reading = .standard) {
        vr = raw.vr
        size = 8
        let isLong = reading == .longLength || (reading == .standard || reading == .explicitVR) && vr.hasLongLength
        if encoding == .explicitBigEndian {
            let words = raw.low.byteSwapped
            tag = Tag(UInt32(truncatingIfNeeded: words >> 32))
            length = UInt32(truncatingIfNeeded: words)
            if tag.group != 0xFFFE && reading != .withoutVR {
                hasVR = true
                if isLong {
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
        if encoding == .explicitLittleEndian && tag.group != 0xFFFE && reading != .withoutVR {
            hasVR = true
            if isLong {
                size = 12
                length = raw.high
            } else {
                length >>= 16
            }
        }
    }
}
