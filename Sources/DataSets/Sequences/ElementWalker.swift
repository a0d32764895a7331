/// Walks the elements of a small data set that is in memory, sequences included, for services that ask for what is in
/// an item.
///
/// Strict, because what it reads is a request and no image: a length that runs past its item or sequence, an element
/// where an item should be and the like end the walk. Nothing recurses.
///
/// *Resources*: the bytes, and an entry for each sequence and item that is open, at most twice ``depthMax``.
package struct ElementWalker: Sendable {
    /// What comes next.
    package enum Event: Equatable, Sendable {
        /// An element with a value that is no sequence of items: where in the bytes the value is.
        case element(Tag, value: Range<Int>)
        /// A sequence begins; its items and ``sequenceEnd`` follow.
        case sequence(Tag)
        case item
        case itemEnd
        case sequenceEnd
    }

    private enum Container { case dataSet, sequence, item }

    private struct Open {
        var container: Container
        /// Where it ends; what has no length ends at its delimiter, and not behind this.
        var end: Int
        var isDefined: Bool
        var encoding: Encoding
    }

    /// Sequences within each other. A request for storage commitment has two.
    package static let depthMax = 64

    /// Those without pixel data and compression: what a request may be written in.
    package static let transferSyntaxUIDs = ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"]

    /// The data set.
    package let bytes: [UInt8]
    private let sequences: Set<Tag>
    private var position = 0
    private var open: [Open]

    /// - Parameters:
    ///   - transferSyntaxUID: One of ``transferSyntaxUIDs``.
    ///   - sequences: What is a sequence where nothing else tells it: in implicit VR, with a defined length.
    package init(_ bytes: [UInt8], transferSyntaxUID: String, sequences: Set<Tag>) {
        self.bytes = bytes
        self.sequences = sequences
        let encoding = TransferSyntax(uid: transferSyntaxUID).encoding
        open = [Open(container: .dataSet, end: bytes.count, isDefined: true, encoding: encoding)]
    }

    /// The next event; nil: the data set has ended as it should.
    ///
    /// *Errors*: ``Fault``; the walk is over then.
    package mutating func next() throws(Fault) -> Event? {
        guard let innermost = open.last else { return nil }
        if position == innermost.end {
            guard innermost.isDefined else { throw Fault(.truncated, "\(innermost.container) without its end") }
            open.removeLast()
            return end(of: innermost.container)
        }
        let header = try header(innermost)
        if header.tag == .itemDelimitation || header.tag == .sequenceDelimitation {
            return try close(innermost, header)
        }
        switch innermost.container {
        case .sequence: return try openItem(innermost, header)
        case .dataSet, .item: return try element(innermost, header)
        }
    }

    private mutating func header(_ innermost: Open) throws(Fault) -> ElementHeader {
        var raw = RawHeader()
        for byte in bytes[position..<min(position + 12, innermost.end)] { raw.append(byte) }
        let header = ElementHeader(raw, encoding: innermost.encoding)
        guard raw.count >= 8, raw.count >= header.size else {
            throw Fault(.beyondParent, "an element header is cut at its end")
        }
        position += header.size
        return header
    }

    private mutating func element(_ innermost: Open, _ header: ElementHeader) throws(Fault) -> Event {
        guard header.tag.group != 0xFFFE else { throw Fault(.structure, "\(header.tag) where an element should be") }
        if header.hasVR, !header.vr.isKnown { throw Fault(.structure, "\(header.tag) without a VR") }
        let isUndefined = header.length == ElementHeader.undefinedLength
        let isSequence =
            header.hasVR && header.vr != .unknown
            ? header.vr == .sequence : isUndefined || sequences.contains(header.tag)
        guard isSequence else {
            guard !isUndefined else { throw Fault(.structure, "\(header.tag) has no length") }
            let start = position
            position = try end(innermost, header)
            return .element(header.tag, value: start..<position)
        }
        guard open.count < 2 * Self.depthMax else {
            throw Fault(.tooDeep, "more than \(Self.depthMax) sequences within each other")
        }
        open.append(
            Open(
                container: .sequence,
                end: try end(innermost, header),
                isDefined: !isUndefined,
                // Under VR UN the items are in implicit VR little endian (PS3.5 §6.2.2).
                encoding: header.hasVR && header.vr == .unknown ? .implicitLittleEndian : innermost.encoding
            )
        )
        return .sequence(header.tag)
    }

    private mutating func openItem(_ innermost: Open, _ header: ElementHeader) throws(Fault) -> Event {
        guard header.tag == .item else { throw Fault(.structure, "\(header.tag) where an item should be") }
        open.append(
            Open(
                container: .item,
                end: try end(innermost, header),
                isDefined: header.length != ElementHeader.undefinedLength,
                encoding: innermost.encoding
            )
        )
        return .item
    }

    /// A delimiter (PS3.5 §7.5).
    private mutating func close(_ innermost: Open, _ header: ElementHeader) throws(Fault) -> Event? {
        let container: Container = header.tag == .itemDelimitation ? .item : .sequence
        guard innermost.container == container, !innermost.isDefined, header.length == 0 else {
            throw Fault(.structure, "\(header.tag) where nothing ends")
        }
        open.removeLast()
        return end(of: container)
    }

    /// Where a value ends that begins here.
    private func end(_ innermost: Open, _ header: ElementHeader) throws(Fault) -> Int {
        guard header.length != ElementHeader.undefinedLength else { return innermost.end }
        guard let length = Int(exactly: header.length), length <= innermost.end - position else {
            throw Fault(.beyondParent, "\(header.tag) is longer than what it is in")
        }
        return position + length
    }

    private func end(of container: Container) -> Event? {
        switch container {
        case .dataSet: nil
        case .sequence: .sequenceEnd
        case .item: .itemEnd
        }
    }
}
