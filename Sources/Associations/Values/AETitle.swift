/// An application entity title: 16 bytes in an A-ASSOCIATE PDU (PS3.8 Table 9-11).
///
/// Two titles are equal when their significant characters are. The bytes as sent stay, because an A-ASSOCIATE-AC
/// returns them unchanged (PS3.8 Table 9-17).
package struct AETitle: Sendable, CustomStringConvertible {
    /// The significant characters: up to the first NUL, without spaces and control characters at either end.
    ///
    /// Peers pad with NUL, and some leave line ends behind it. Bytes above 7FH are ISO 8859-1 characters.
    package let text: String
    /// The 16 bytes of the field.
    package let asSent: [UInt8]

    /// A title of our own.
    ///
    /// - Returns: `nil` unless `text` has 1 to 16 characters of the default repertoire without backslash and control
    ///   characters (PS3.5 §6.2, AE), at least one of them not a space.
    package init?(_ text: String) {
        let scalars = text.unicodeScalars
        guard (1...16).contains(scalars.count), scalars.allSatisfy({ " "..."~" ~= $0 && $0 != "\\" }) else {
            return nil
        }
        self.init(asSent: text.utf8)
        if self.text.isEmpty { return nil }
    }

    /// A title from a PDU.
    ///
    /// - Parameter bytes: The field; it is filled up with spaces to 16 bytes, and cut there.
    package init(asSent bytes: some Sequence<UInt8>) {
        var sent = Array(bytes.prefix(Self.length))
        sent += repeatElement(0x20, count: Self.length - sent.count)
        let significant = sent.prefix { $0 != 0 }
        let isPadding = { (byte: UInt8) in byte <= 0x20 || byte == 0x7F }
        let start = significant.firstIndex { !isPadding($0) } ?? significant.endIndex
        let end = (significant.lastIndex { !isPadding($0) } ?? start - 1) + 1
        text = String(latin1: significant[start..<end])
        asSent = sent
    }

    /// Bytes of the field.
    static let length = 16

    package var description: String { text }
}

extension AETitle: Hashable {
    package static func == (a: AETitle, b: AETitle) -> Bool { a.text == b.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
