extension String {
    /// The string of these bytes, each a character of ISO 8859-1, so that no byte a peer sends is lost or refused.
    init(latin1 bytes: some Collection<UInt8>) {
        if bytes.allSatisfy({ $0 < 0x80 }) {
            self = String(decoding: bytes, as: UTF8.self)
        } else {
            self = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        }
    }

    /// The bytes of ``init(latin1:)``; a character outside ISO 8859-1 becomes `?`.
    var latin1: [UInt8] {
        if utf8.allSatisfy({ $0 < 0x80 }) { return Array(utf8) }
        return unicodeScalars.map { UInt8(exactly: $0.value) ?? UInt8(ascii: "?") }
    }
}

extension BidirectionalCollection<UInt8> {
    /// Without NULs and spaces at the end.
    var withoutTrailingPadding: SubSequence {
        guard let last = lastIndex(where: { $0 != 0 && $0 != 0x20 }) else { return self[startIndex..<startIndex] }
        return self[...last]
    }
}
