/// Walks the element headers of one uncompressed data set as its bytes arrive, in pieces cut anywhere.
///
/// A value is skipped by its length; nothing is allocated per element, except for the few that are wanted. What the
/// walker has found does not depend on where the pieces were cut. Where a header can be read in two ways, the walker
/// stops, and ``StructureReadings`` follows both.
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
        /// Where its contents begin.
        var start = 0
        /// How many fragments were begun in it, the offset table included.
        var fragments = 0
    }

    /// `blank`: behind the last element, as long as only NULs, blanks and ends of lines come.
    enum Phase: Sendable { case walking, blank, padding, failed }

    /// Which encoding the next element is in, when that is not certain.
    enum Detection: Sendable { case none, dataSet, item }

    /// What the first header behind an uncertain one has shown.
    enum Trial: Sendable { case none, pending, convincing, doubtful }

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
    /// The group of the last element at top level.
    var lastGroup: UInt16 = 0
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
    /// Behind the Pixel Data in implicit VR: the block of private elements that a creator has reserved (PS3.5 §7.8.1).
    var reservedBlock: Tag?

    /// How the next header can be read, the likeliest first; the walk waits for ``decide(_:)``.
    var choice: [Reading] = []
    /// How the next header is to be read.
    var decided: Reading?
    var trial = Trial.none
    /// The element of which the header was uncertain, where that is, and how it was read.
    var tried = (tag: Tag(0), position: 0, reading: Reading.standard)

    init(encoding: Encoding, depth: Int, attributeBytes: Int) {
        declared = encoding
        self.depth = depth
        self.attributeBytes = attributeBytes
        innermost = Container(kind: .dataSet, end: .max, encoding: encoding)
        detection = .dataSet
        attributes.isBigEndian = encoding == .explicitBigEndian
        outer.reserveCapacity(8)
    }

    /// Takes the next bytes of the data set.
    ///
    /// - Returns: how many; less than all only if a ``choice`` is to be made.
    mutating func consume(_ bytes: UnsafeRawBufferPointer) -> Int {
        let count = bytes.count
        var cursor = 0
        while cursor < count && phase == .walking && choice.isEmpty {
            if skip > 0 {
                let taken = min(skip, count - cursor)
                if isCopying {
                    attributes.append(UnsafeRawBufferPointer(rebasing: bytes[cursor..<cursor + taken]))
                }
                cursor += taken
                position += taken
                skip -= taken
                if skip == 0 { endValue() }
            } else if header.count == 0 && count - cursor >= 12 && innermost.end - position >= 8 {
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
                takeHeader()
            }
        }
        if phase == .blank { consumeBlanks(UnsafeRawBufferPointer(rebasing: bytes[cursor...])) }
        return choice.isEmpty ? count : cursor
    }

    /// How many of the next bytes make no difference but their number.
    var indifferentBytes: Int {
        switch phase {
        case .walking: max(skip, 1)
        case .blank: 1
        case .padding, .failed: .max
        }
    }

    /// Goes on with this reading of the header at which the walk has stopped.
    ///
    /// - Parameter isTried: What follows shall show whether it is right.
    mutating func decide(_ reading: Reading, isTried: Bool) {
        choice = []
        decided = reading
        if isTried { trial = .pending }
        takeHeader()
    }

    /// Interprets the header gathered byte by byte, if enough of it is there.
    private mutating func takeHeader() {
        guard header.count == 8 || header.count == 12 else { return }
        if header.count == 8 && innermost.end - position < 8 { return takeStraddlingHeader() }
        let taken = take(header)
        if taken > 0 { header = header.dropFirst(taken) }
    }

    /// Interprets a header; answers how many bytes it took, 0 if it needs more than there are, or a choice.
    private mutating func take(_ raw: RawHeader) -> Int {
        if let element = undecided.take(), !enterGuessedSequence(element, startingWith: raw) {
            beginValue(element.length)
            return skipBeginning(8)
        }
        let reading: Reading
        if let decided {
            reading = decided
            if trial == .pending { tried = (ElementHeader(raw, encoding: innermost.encoding).tag, position, reading) }
        } else {
            judge(raw)
            switch readings(of: raw) {
            case .certain(let only): reading = only
            case .uncertain(let several):
                choice = several
                return 0
            case .needsMore: return 0
            }
        }
        decided = nil
        if reading == .padding {
            phase = .blank
            position += 8
            popAll()
            notes.insert(.trailingPadding)
            return 8
        }
        settle(reading, raw)
        let element = ElementHeader(raw, encoding: innermost.encoding, reading: reading)
        if element.size > 8 {
            guard innermost.end - position >= element.size else {
                position += 8
                fail(.beyondParent, "\(innermost.tag) ends within a header")
                return 8
            }
            guard raw.count >= element.size else {
                decided = reading
                return 0
            }
        }
        position += element.size
        if reading != .standard { note(reading, element) }
        open(element)
        return element.size
    }

    /// No more bytes come.
    mutating func finish() {
        if phase == .walking && header.count > 0 && innermost.end - position <= header.count { takeStraddlingHeader() }
        guard phase == .walking else { return }
        if position == 0 && header.count == 0 {
            abandon(.empty, "Data set is empty")
        } else if skip > 0 || undecided != nil {
            abandon(.truncated, "Data set ends within \(tag)")
        } else if !outer.isEmpty && !(lacksOnlyDelimiters && (header.count == 0 || isCutHeaderPadding)) {
            abandon(.truncated, "Data set ends within \(innermost.tag)")
        } else if header.count > 0 && isCutHeaderShort {
            note(.shortLength, ElementHeader(header, encoding: innermost.encoding, reading: .shortLength))
        } else if header.count > 0 && !isCutHeaderPadding {
            abandon(.truncated, "Data set ends within an element header")
        } else {
            if header.count > 0 { notes.insert(.trailingPadding) }
            popAll()
        }
    }
}
