import Instances

/// Names that a peer's values become: printable, portable, never a way out of the archive.
///
/// Bytes outside `[0-9A-Za-z._-]` are percent-encoded in capital hexadecimals, and so is a leading full stop (no `.`,
/// no `..`, nothing hidden). `~` and lower-case escapes never occur, so that names of other making stay apart.
enum PathComponent {
    /// ext4, XFS, Btrfs and tmpfs take no longer name.
    static let lengthMax = 255

    /// One value as one component, or a part of one; different values become different texts.
    ///
    /// - Parameter isFirst: Nothing stands before it in its component.
    static func encode(_ value: String, isFirst: Bool = true) -> String {
        if value.isEmpty { return missing }
        if value == missing { return "%5F" }
        // A UID, a date, most identifiers.
        if isPlain(value), !(isFirst && value.utf8.first == UInt8(ascii: ".")) { return value }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(value.utf8.count)
        for byte in value.utf8 {
            if isPlain(byte) && !(byte == UInt8(ascii: ".") && bytes.isEmpty && isFirst) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), Hexadecimal.digits[Int(byte >> 4)], Hexadecimal.digits[Int(byte & 0x0F)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isPlain(_ value: String) -> Bool {
        value.utf8.withContiguousStorageIfAvailable { $0.allSatisfy(isPlain) } ?? value.utf8.allSatisfy(isPlain)
    }

    static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}
