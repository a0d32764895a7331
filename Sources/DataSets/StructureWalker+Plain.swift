// Most elements of most data sets are plain: explicit VR little endian, and whole in the bytes at hand; a sequence or an item is, if its head
// is. They are walked here, in a loop that keeps its place in registers. Whatever is not plain is left to the general walk, which comes to
// the same result for these too.

extension StructureWalker {
    /// Takes the plain elements from `start` on.
    ///
    /// - Returns: where the first one begins that is not plain.
    mutating func takePlainElements(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard detection == .none, undecided == nil, innermost.encoding == .explicitLittleEndian else { return start }
        switch innermost.kind {
        case .fragments: return start
        case .dataSet where isAfterPixelData: return start
        case .sequence where innermost.isUnknown: return start
        case .dataSet, .sequence, .item: break
        }
        // Where in the data set these bytes begin.
        let base = position - start
        var place = PlainPlace(innermost, base)
        var cursor = start
        while phase == .walking, let next = takePlain(bytes, at: cursor, &place) {
            cursor = next
            while place.isFinished(at: cursor) { leave(&place) }
        }
        position = base + cursor
        for level in place.entered {
            outer.append(innermost)
            innermost = Container(level, base)
        }
        if phase == .walking { closeFinished() }
        return cursor
    }

    /// Takes one element, or the head of one that has others in it; nil if it is not plain.
    @inline(__always)
    private mutating func takePlain(
        _ bytes: UnsafeRawBufferPointer,
        at cursor: Int,
        _ place: inout PlainPlace
    ) -> Int? {
        let room = min(bytes.count, place.innermost.end) - cursor
        guard room >= 8 else { return nil }
        let low = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: cursor, as: UInt64.self))
        let element = Tag(UInt32(UInt16(truncatingIfNeeded: low)) << 16 | UInt32(UInt16(truncatingIfNeeded: low >> 16)))
        if element.group == 0xFFFE {
            let length = UInt32(truncatingIfNeeded: low >> 32)
            return take(element, length, at: cursor + 8, &place) ? cursor + 8 : nil
        }
        // Pixel Data and the meta header have rules of their own.
        guard !place.innermost.isSequence, element.group != 0x7FE0, element.group != 0x0002 else { return nil }
        let vr = VR(rawValue: UInt16(truncatingIfNeeded: low >> 32).byteSwapped)
        var value = cursor + 8
        var length = Int(low >> 48)
        switch vr.form {
        case .short: break
        case .long where room >= 12 && vr != .unknown:
            let long = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: value, as: UInt32.self))
            value += 4
            if vr == .sequence { return enter(element, long, at: value, isSequence: true, &place) ? value : nil }
            length = Int(long)
        default: return nil
        }
        // An undefined length is longer than anything.
        guard length <= cursor + room - value else { return nil }
        if place.isTop, let wanted = WantedElement.index(of: element) {
            guard length <= attributeBytes else { return nil }
            tag = element
            attributes.begin(wanted)
            attributes.append(UnsafeRawBufferPointer(rebasing: bytes[value..<value + length]))
            endCopy()
        }
        if length & 1 != 0 { notes.insert(.oddLength) }
        return value + length
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
        var level = PlainPlace.Level(end: place.innermost.end, tag: tag, isSequence: isSequence, isDefined: false)
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
