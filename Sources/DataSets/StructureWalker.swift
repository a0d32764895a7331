/// Walks the element headers of one uncompressed data set as its bytes arrive, in pieces cut anywhere.
///
/// A value is skipped by its length; nothing is allocated per element, except for the few that are wanted. What the
/// walker has found does not depend on where the pieces were cut.
struct StructureWalker: Sendable {
    /// An open item, sequence or encapsulated pixel data; the data set itself at the bottom.
    struct Container: Sendable {
        enum Kind { case dataSet, sequence, item, fragments }

        var kind: Kind
        /// Nothing inside may reach past this position: its own end, or that of what contains it.
        var end: Int
        /// Ends at `end`; otherwise at its delimiter.
        var isDefined = false
        var encoding: Encoding
        /// A sequence under VR UN: its items are implicit VR little endian (PS3.5 §6.2.2).
        var isUnknown = false
        /// Nothing says that it is a sequence, but that its value begins with an item.
        var isGuessed = false
        /// The element that this is, or that this is an item of.
        var tag = Tag(0)
    }

    enum Phase: Sendable { case walking, padding, failed }

    /// Which encoding the next element is in, when that is not certain.
    enum Detection: Sendable { case none, dataSet, unknownSequence }

    let declared: Encoding
    let depth: Int
    let attributeBytes: Int

    var phase = Phase.walking
    var fault: Fault?
    var notes: Notes = []
    var attributes = WantedAttributes()

    /// Bytes consumed so far.
    var position = 0
    /// Bytes of the current value still to come.
    var skip = 0
    /// The current value is copied.
    var isCopying = false
    /// The element whose value is being skipped.
    var tag = Tag(0)
    /// A value that may be a sequence, for nothing tells its VR: its first eight bytes will say.
    var undecided: ElementHeader?
    /// A header of which not all bytes are there.
    var header = RawHeader()
    var innermost: Container
    var outer: [Container] = []
    var sequences = 0
    var detection: Detection
    /// Top-level Pixel Data is complete: what follows may be padding.
    var isAfterPixelData = false
    /// The identity came before the Pixel Data; otherwise elements must be looked for behind it.
    var hadIdentityBeforePixelData = false

    init(encoding: Encoding, depth: Int, attributeBytes: Int) {
        declared = encoding
        self.depth = depth
        self.attributeBytes = attributeBytes
        innermost = Container(kind: .dataSet, end: .max, encoding: encoding)
        // Tags tell the byte order well enough; big endian data sets have no second reading.
        detection = encoding == .explicitBigEndian ? .none : .dataSet
        attributes.isBigEndian = encoding == .explicitBigEndian
        outer.reserveCapacity(8)
    }

    /// Takes the next bytes of the data set.
    mutating func consume(_ bytes: UnsafeRawBufferPointer) {
        let count = bytes.count
        var cursor = 0
        while cursor < count && phase == .walking {
            if skip > 0 {
                let taken = min(skip, count - cursor)
                if isCopying {
                    attributes.append(UnsafeRawBufferPointer(rebasing: bytes[cursor..<cursor + taken]))
                }
                cursor += taken
                position += taken
                skip -= taken
                if skip == 0 { endValue() }
            } else if header.count == 0 && innermost.end - position < 8 {
                fail(.beyondParent, "\(innermost.tag) ends within a header")
            } else if header.count == 0 && count - cursor >= 12 {
                let next = takePlainElements(bytes, from: cursor)
                guard next == cursor else {
                    cursor = next
                    continue
                }
                cursor += take(
                    RawHeader(
                        low: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: cursor, as: UInt64.self)),
                        high: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: cursor + 8, as: UInt32.self)),
                        count: 12
                    )
                )
            } else {
                // The rare header that is cut: byte by byte, until it is whole.
                header.append(bytes[cursor])
                cursor += 1
                if (header.count == 8 || header.count == 12) && take(header) > 0 {
                    header = RawHeader()
                }
            }
        }
    }

    /// Interprets a header; answers how many bytes it took, 0 if it needs more than the eight that are there.
    private mutating func take(_ raw: RawHeader) -> Int {
        if let element = undecided.take(), !enterGuessedSequence(element, startingWith: raw) {
            beginValue(element.length)
            return skipBeginning(8)
        }
        detect(raw)
        let element = ElementHeader(raw, encoding: innermost.encoding)
        if element.size > 8 {
            guard innermost.end - position >= element.size else {
                position += 8
                fail(.beyondParent, "\(innermost.tag) ends within a header")
                return 8
            }
            guard raw.count >= element.size else { return 0 }
        }
        position += element.size
        open(element)
        return element.size
    }

    /// No more bytes come.
    mutating func finish() {
        guard phase == .walking else { return }
        if position == 0 && header.count == 0 {
            abandon(.empty, "Data set is empty")
        } else if skip > 0 || undecided != nil {
            abandon(.truncated, "Data set ends within \(tag)")
        } else if !outer.isEmpty {
            abandon(.truncated, "Data set ends within \(innermost.tag)")
        } else if header.count > 0 {
            let element = ElementHeader(header, encoding: innermost.encoding)
            if isAfterPixelData && (header.count < 8 || !isPlausible(element)) {
                notes.insert(.trailingPadding)
            } else {
                abandon(.truncated, "Data set ends within an element header")
            }
        }
    }
}
