package import struct NIOCore.ByteBuffer

/// A command set as it is on the wire: group 0000 elements and their raw values (PS3.7 §6.3.1, Annex E).
///
/// The operations performed here have types of their own (`CStoreRQ`, …), which do not pass through this one;
/// it holds what has no such type, so that it can be logged, answered and sent.
///
/// Command Group Length (0000,0000) is no element of it: what a peer claims there is ignored, and it is
/// computed when encoding. Elements of other groups are dropped.
///
/// *Resources*: at most the bytes it was decoded from, and about 40 bytes for each element.
package struct CommandSet: Equatable, Sendable {
    /// One element.
    package struct Element: Equatable, Sendable {
        /// The element's tag, of group 0000.
        package let tag: Tag
        /// The value as sent, padding included.
        package let value: [UInt8]

        /// An element of this value, which encoding pads to an even length.
        package init(tag: Tag, value: [UInt8]) {
            self.tag = tag
            self.value = value
        }
    }

    /// The elements in the order sent.
    package private(set) var elements: [Element]

    /// A command set of these elements, without those that have no place in it.
    package init(_ elements: [Element]) {
        self.elements = elements.filter { $0.tag.group == 0 && $0.tag != .commandGroupLength }
    }

    /// Decodes `bytes`: any order, any lengths that stay within, odd ones too.
    ///
    /// *Errors*: `CommandSetError` for an element that runs past the end.
    package init(decoding bytes: ByteBuffer) throws(CommandSetError) {
        let (elements, overrun) = Self.elements(in: bytes)
        if let overrun { throw .overrun(overrun) }
        self.init(elements)
    }

    /// The elements of `bytes` up to one that runs past the end, if there is one.
    init(readablePartOf bytes: ByteBuffer) {
        self.init(Self.elements(in: bytes).elements)
    }

    private static func elements(in bytes: ByteBuffer) -> (elements: [Element], overrun: Tag?) {
        var reader = CommandElementReader(bytes)
        var elements: [Element] = []
        while let (tag, range) = reader.next() {
            let value = bytes.getBytes(at: range.lowerBound, length: range.count) ?? []
            elements.append(Element(tag: tag, value: value))
        }
        return (elements, reader.overrun)
    }

    /// The raw value of `tag`; of two elements with one tag the first counts.
    package subscript(tag: Tag) -> [UInt8]? {
        elements.first { $0.tag == tag }?.value
    }

    /// The first value of a US element; nil if there is none with a whole value.
    package func unsignedShort(_ tag: Tag) -> UInt16? {
        guard let value = elements.first(where: { $0.tag == tag && $0.value.count >= 2 })?.value else { return nil }
        return UInt16(value[0]) | UInt16(value[1]) << 8
    }

    /// The bytes to send: ascending tags, even lengths, the group length first.
    package func encoded() -> ByteBuffer {
        var encoder = CommandEncoder(reserving: elements.reduce(0) { $0 + $1.value.count + 9 })
        for element in elements.sorted(by: { $0.tag < $1.tag }) {
            encoder.write(element.value, as: element.tag)
        }
        return encoder.finished()
    }
}

/// What makes bytes no command set.
package enum CommandSetError: Error, Equatable, CustomStringConvertible {
    /// The value of this element runs past the end of the command set.
    case overrun(CommandSet.Tag)

    package var description: String {
        switch self {
        case .overrun(let tag): "command element \(tag) runs past the end of the command set"
        }
    }
}
