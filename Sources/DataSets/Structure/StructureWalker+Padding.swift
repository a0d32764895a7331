// What may follow the last element: NULs, blanks and ends of lines behind any data set, and anything that is no
// plausible element behind complete Pixel Data.

extension StructureWalker {
    /// This header may be padding: behind a data set without Pixel Data, or behind what lacks only its delimiters.
    func mayBePadding(_ raw: RawHeader, _ tag: Tag) -> Bool {
        guard position > 0, raw.isBlank, !mayFollow(tag) else { return false }
        return outer.isEmpty ? !isAfterPixelData : lacksOnlyDelimiters
    }

    /// What is blank is the tag of a header all the same: group 0020, a blank and a NUL, where one may stand, because
    /// tags ascend (PS3.5 §7.1), and always if an end of line is in it, as in (0020,000D).
    private func mayFollow(_ tag: Tag) -> Bool {
        guard tag.group == 0x0020 else { return false }
        guard [0x0000, 0x0020, 0x2000, 0x2020].contains(tag.element) else { return true }
        return switch innermost.kind {
        case .dataSet: lastGroup <= 0x0020
        case .sequence: innermost.tag.group <= 0x0020
        case .item: true
        case .fragments: false
        }
    }

    /// Takes padding; an element behind it makes it none.
    mutating func consumeBlanks(_ bytes: UnsafeRawBufferPointer) {
        if bytes.allSatisfy(RawHeader.isBlank) {
            position += bytes.count
        } else {
            abandon(.structure, "Data set goes on behind padding")
        }
    }

    /// A header that the end of the data set cuts is no header.
    var isCutHeaderPadding: Bool {
        let element = ElementHeader(header, encoding: innermost.encoding)
        if isAfterPixelData && outer.isEmpty { return header.count < 8 || !isPlausible(element) }
        guard header.count < 8, position > 0, header.isBlank else { return false }
        return header.count == 1 || !mayFollow(element.tag)
    }

    /// An empty value of which the length has 16 bits, where it should have 32, ends the data set. A cut within a
    /// header explains it as well, unless the data set has such lengths elsewhere.
    var isCutHeaderShort: Bool {
        header.count == 8 && innermost.encoding != .implicitLittleEndian && header.vr.form == .long
            && header.lengthOrReserved == 0 && notes.contains(.shortLength)
    }

    /// All that is open lacks nothing but its delimiter: a whole fragment, item or element ends here.
    var lacksOnlyDelimiters: Bool {
        // What has a defined length ends where that says, and so does all in it.
        guard !outer.isEmpty, innermost.end == .max else { return false }
        switch innermost.kind {
        case .sequence, .item: return position > innermost.start
        // The offset table alone is no image (PS3.5 Annex A.4).
        case .fragments: return innermost.fragments > 1
        case .dataSet: return false
        }
    }

    /// Leaves all that is open, without delimiters.
    mutating func popAll() {
        if !outer.isEmpty { notes.insert(.missingDelimiter) }
        while !outer.isEmpty { pop() }
    }

    /// Could begin an element after the Pixel Data, as opposed to padding.
    ///
    /// In implicit VR there is only the tag to judge by: what may stand behind Pixel Data, and private elements whose
    /// block is reserved (PS3.5 §7.8.1); anything, if the identity has not come yet, for then the tags are out of
    /// order.
    func isPlausible(_ element: ElementHeader) -> Bool {
        let tag = element.tag
        guard tag.group != 0 && tag.group != 0xFFFE && tag.group != 0xFFFF else { return false }
        if element.hasVR { return element.vr.isKnown }
        guard hadIdentityBeforePixelData else { return true }
        if tag == .digitalSignaturesSequence || tag == .dataSetTrailingPadding || tag.group == 0x7FE0 { return true }
        guard tag.isPrivate && tag.group > 0x7FE0 else { return false }
        return isCreator(element) || reservedBlock == Tag(tag.rawValue & 0xFFFF_FF00)
    }

    /// Reserves a block of private elements: (gggg,0010-00FF), an LO (PS3.5 §7.8.1).
    private func isCreator(_ element: ElementHeader) -> Bool {
        (0x0010...0x00FF).contains(element.tag.element) && (1...64).contains(element.length)
    }

    /// Remembers the block that a creator reserves.
    mutating func reserveBlock(_ element: ElementHeader) {
        guard element.tag.isPrivate, isCreator(element) else { return }
        reservedBlock = Tag(element.tag.rawValue & 0xFFFF_0000 | (element.tag.rawValue & 0xFF) << 8)
    }
}
