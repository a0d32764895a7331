// Most elements of most data sets are plain: explicit VR little endian, and whole in the bytes at hand; a sequence or
// an item is, if its head is. They are walked here, in a loop that keeps its place in registers. Whatever is not plain
// is left to the general walk, which comes to the same result for these too.

extension StructureWalker {
    /// Takes the plain elements from `start` on.
    ///
    /// - Returns: where the first one begins that is not plain.
    mutating func takePlainElements(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard detection == .none, undecided == nil, decided == nil, trial == .none,
            innermost.encoding == .explicitLittleEndian
        else { return start }
        switch innermost.kind {
        case .fragments: return start
        case .dataSet where isAfterPixelData: return start
        case .sequence where innermost.isUnknown: return start
        case .dataSet, .sequence, .item: break
        }
        guard let memory = bytes.baseAddress else { return start }
        // Where in the data set these bytes begin.
        let base = position - start
        var place = PlainPlace(innermost, base)
        var wanted = WantedElement.Search()
        var cursor = start
        while phase == .walking {
            let end = min(bytes.count, place.innermost.end)
            if !place.innermost.isSequence {
                cursor = takeValues(memory, from: cursor, to: end, place.isTop, &wanted)
            }
            if place.isFinished(at: cursor) {
                leave(&place)
            } else if let next = takeHead(memory, from: cursor, to: end, &place) {
                cursor = next
            } else {
                break
            }
        }
        position = base + cursor
        for level in place.entered {
            outer.append(innermost)
            innermost = Container(level, base)
        }
        if phase == .walking { closeFinished() }
        return cursor
    }

    /// Takes elements of one data set or item that have no others in them.
    ///
    /// - Returns: where the first one begins that has, or that is not plain.
    @inline(__always)
    private mutating func takeValues(
        _ memory: UnsafeRawPointer,
        from start: Int,
        to end: Int,
        _ isTop: Bool,
        _ wanted: inout WantedElement.Search
    ) -> Int {
        var cursor = start
        var lengths = 0
        var last = lastGroup
        while end &- cursor >= 8 {
            let low = UInt64(littleEndian: memory.loadUnaligned(fromByteOffset: cursor, as: UInt64.self))
            let group = UInt16(truncatingIfNeeded: low)
            // Items and delimiters, Pixel Data and the meta header have rules of their own.
            guard group != 0xFFFE, group != 0x7FE0, group != 0x0002 else { break }
            let vr = VR(rawValue: UInt16(truncatingIfNeeded: low >> 32).byteSwapped)
            var value = cursor &+ 8
            var length = Int(low >> 48)
            let form = vr.form
            if form != .short {
                guard form == .long, vr != .sequence, vr != .unknown, length == 0, end &- value >= 4 else { break }
                let long = UInt32(littleEndian: memory.loadUnaligned(fromByteOffset: value, as: UInt32.self))
                guard !Self.mayBeTag(long, behind: Self.tag(low)) else { break }
                length = Int(long)
                value &+= 4
            }
            // An undefined length is longer than anything.
            guard length <= end &- value else { break }
            if isTop {
                let element = Self.tag(low)
                if let index = wanted.index(of: element) {
                    guard length <= attributeBytes else { break }
                    tag = element
                    attributes.begin(index)
                    attributes.append(UnsafeRawBufferPointer(start: memory + value, count: length))
                    endCopy()
                }
            }
            lengths |= length
            last = group
            cursor = value &+ length
            guard phase == .walking else { break }
        }
        if isTop { lastGroup = last }
        if lengths & 1 != 0 { notes.insert(.oddLength) }
        return cursor
    }

    /// The tag in the first four bytes of a header.
    @inline(__always)
    private static func tag(_ low: UInt64) -> Tag { Tag(UInt32(truncatingIfNeeded: low).halvesSwapped) }

    /// Takes the head of a sequence or an item, or a delimiter; nil if that is not plain.
    private mutating func takeHead(
        _ memory: UnsafeRawPointer,
        from start: Int,
        to end: Int,
        _ place: inout PlainPlace
    ) -> Int? {
        let room = end - start
        guard room >= 8, phase == .walking else { return nil }
        let low = UInt64(littleEndian: memory.loadUnaligned(fromByteOffset: start, as: UInt64.self))
        let element = Self.tag(low)
        if element.group == 0xFFFE {
            let length = UInt32(truncatingIfNeeded: low >> 32)
            return take(element, length, at: start + 8, &place) ? start + 8 : nil
        }
        let vr = VR(rawValue: UInt16(truncatingIfNeeded: low >> 32).byteSwapped)
        guard room >= 12, vr == .sequence, low >> 48 == 0, !place.innermost.isSequence, element.group != 0x7FE0,
            element.group != 0x0002
        else { return nil }
        let length = UInt32(littleEndian: memory.loadUnaligned(fromByteOffset: start + 8, as: UInt32.self))
        guard !Self.mayBeTag(length, behind: element) else { return nil }
        if place.isTop { lastGroup = element.group }
        return enter(element, length, at: start + 12, isSequence: true, &place) ? start + 12 : nil
    }

    /// Begins an item, or ends one or a sequence; false if that is not plain.
    private mutating func take(_ element: Tag, _ length: UInt32, at value: Int, _ place: inout PlainPlace) -> Bool {
        switch (element, place.innermost.isSequence) {
        case (.item, true):
            return enter(place.innermost.tag, length, at: value, isSequence: false, &place)
        case (.itemDelimitation, false), (.sequenceDelimitation, true):
            guard place.depth > 0, !place.innermost.isDefined, length == 0 else { return false }
            leave(&place)
            return true
        default:
            return false
        }
    }

    private mutating func enter(
        _ tag: Tag,
        _ length: UInt32,
        at start: Int,
        isSequence: Bool,
        _ place: inout PlainPlace
    ) -> Bool {
        var level = PlainPlace.Level(
            start: start,
            end: place.innermost.end,
            tag: tag,
            isSequence: isSequence,
            isDefined: false
        )
        if length != ElementHeader.undefinedLength {
            guard Int(length) <= level.end - start else { return false }
            level.end = start + Int(length)
            level.isDefined = true
        }
        guard !isSequence || sequences < depth, place.enter(level) else { return false }
        if isSequence { sequences += 1 }
        return true
    }

    private mutating func leave(_ place: inout PlainPlace) {
        if place.innermost.isSequence { sequences -= 1 }
        place.leave()
    }
}
