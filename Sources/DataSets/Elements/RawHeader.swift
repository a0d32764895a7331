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

    /// The two bytes behind an explicit header's VR: its length, or reserved and zero (PS3.5 §7.1.2).
    var lengthOrReserved: UInt16 { UInt16(truncatingIfNeeded: low >> 48) }

    mutating func append(_ byte: UInt8) {
        if count < 8 {
            low |= UInt64(byte) << (8 * UInt64(count))
        } else {
            high |= UInt32(byte) << (8 * UInt32(count - 8))
        }
        count += 1
    }

    /// The byte at this index, which is less than `count`.
    private func byte(_ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: index < 8 ? low >> (8 * UInt64(index)) : UInt64(high) >> (8 * UInt64(index - 8)))
    }

    /// What is left behind the first `count` bytes.
    func dropFirst(_ count: Int) -> RawHeader {
        var rest = RawHeader()
        for index in count..<max(count, self.count) { rest.append(byte(index)) }
        return rest
    }

    /// All bytes that are there, of the first eight, are NULs, blanks, carriage returns or line feeds.
    var isBlank: Bool { (0..<min(count, 8)).allSatisfy { Self.isBlank(byte($0)) } }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0 || byte == 0x20 || byte == 0x0D || byte == 0x0A }
}
