/// Writes a small data set: a response or a report. The caller writes the tags in ascending order.
package struct ElementWriter: Sendable {
    /// What has been written.
    package private(set) var bytes: [UInt8] = []
    private let encoding: Encoding

    /// - Parameter transferSyntaxUID: One of ``ElementWalker/transferSyntaxUIDs``.
    package init(transferSyntaxUID: String) {
        encoding = TransferSyntax(uid: transferSyntaxUID).encoding
    }

    private init(_ encoding: Encoding) { self.encoding = encoding }

    /// Writes a UI element of one value.
    package mutating func write(uid: String, as tag: Tag) {
        let count = uid.utf8.count
        header(tag, "UI", count + count % 2)
        bytes += uid.utf8
        if !count.isMultiple(of: 2) { bytes.append(0) }
    }

    /// Writes a US element of one value.
    package mutating func write(unsignedShort value: UInt16, as tag: Tag) {
        header(tag, "US", 2)
        append(value)
    }

    /// Writes a sequence with an item for each element of `items`.
    package mutating func write<Item>(
        sequence items: some Sequence<Item>,
        as tag: Tag,
        _ item: (Item, inout ElementWriter) -> Void
    ) {
        var contents = ElementWriter(encoding)
        for each in items {
            var writer = ElementWriter(encoding)
            item(each, &writer)
            contents.append(.item)
            contents.append(UInt32(clamping: writer.bytes.count))
            contents.bytes += writer.bytes
        }
        header(tag, "SQ", contents.bytes.count, isLong: true)
        bytes += contents.bytes
    }

    private mutating func header(_ tag: Tag, _ vr: String, _ length: Int, isLong: Bool = false) {
        append(tag)
        guard encoding != .implicitLittleEndian else { return append(UInt32(clamping: length)) }
        bytes += vr.utf8
        guard isLong else { return append(UInt16(clamping: length)) }
        append(UInt16(0))
        append(UInt32(clamping: length))
    }

    private mutating func append(_ tag: Tag) {
        append(tag.group)
        append(tag.element)
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: encoding == .explicitBigEndian ? value.bigEndian : value.littleEndian) { bytes += $0 }
    }
}
