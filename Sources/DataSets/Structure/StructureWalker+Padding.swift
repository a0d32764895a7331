// What may follow the last element: NULs, blanks and ends of lines behind any data set, and anything that is no
// plausible element behind complete Pixel Data.

extension StructureWalker {
    /// This header may be padding behind a data set that has no Pixel Data.
    ///
    /// Group 0020 is a blank and a NUL: it begins a header, or a header that was cut.
    func mayBePadding(_ raw: RawHeader, _ tag: Tag) -> Bool {
        outer.isEmpty && !isAfterPixelData && position > 0 && raw.isBlank && tag.group != 0x0020
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
        guard outer.isEmpty else { return false }
        let element = ElementHeader(header, encoding: innermost.encoding)
        if isAfterPixelData { return header.count < 8 || !isPlausible(element) }
        guard header.count < 8, position > 0, header.isBlank else { return false }
        return header.count == 1 || element.tag.group != 0x0020
    }

    /// Encapsulated Pixel Data, or the last sequence of the data set, of which nothing but the delimiter is missing: a
    /// fragment or an item, whole, ends the data set.
    var lacksOnlyDelimiter: Bool {
        guard outer.count == 1, !innermost.isDefined, header.count == 0 else { return false }
        switch innermost.kind {
        case .sequence: return position > innermost.start
        // The offset table alone is no image (PS3.5 Annex A.4).
        case .fragments: return innermost.fragments > 1
        case .item, .dataSet: return false
        }
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
