/// A unique identifier as a peer wrote it (PS3.5 §9, PS3.8 Annex F).
///
/// Peers pad UIDs with NUL (PS3.5) or, wrongly, with spaces, some of them in front. Two UIDs are equal when they are
/// equal without their padding; an answer echoes the bytes as they came, because some requestors compare them byte for
/// byte.
///
/// Bytes above 7FH are kept as Latin-1 characters, and a NUL inside the value stays: it makes a different UID, not a
/// shorter one.
package struct UID: Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The UID without leading spaces and trailing NUL and space padding.
    package let text: String
    /// The bytes as they came, if there is padding; empty for most.
    private let padded: [UInt8]

    /// A UID of our own.
    ///
    /// - Parameter text: The UID; leading spaces, trailing NULs and spaces are taken as padding.
    package init(_ text: String) {
        self.init(asSent: text.unicodeScalars.map { UInt8(exactly: $0.value) ?? UInt8(ascii: "?") })
    }

    /// A UID from a PDU, a command set or a data set.
    ///
    /// - Parameter bytes: The value with its padding, of any length.
    package init(asSent bytes: some Sequence<UInt8>) {
        let sent = Array(bytes)
        var significant = sent.withoutTrailingPadding
        while significant.first == 0x20 { significant.removeFirst() }
        text = String(latin1: significant)
        padded = significant.count == sent.count ? [] : sent
    }

    package init(stringLiteral value: StaticString) {
        self.init("\(value)")
    }

    /// The bytes as they came, padding included: what an answer echoes.
    package var asSent: [UInt8] { padded.isEmpty ? text.latin1 : padded }

    /// Of the length a UID can have (PS3.5 §9.1), and of printable ASCII that could not lead out of a directory; which
    /// of them is not asked. Anything else names no class and no syntax.
    package var isPlausible: Bool {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != 0x2F && $0 != 0x5C }
    }

    package var description: String { text }
}

extension UID: Hashable {
    package static func == (a: UID, b: UID) -> Bool { a.text == b.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
