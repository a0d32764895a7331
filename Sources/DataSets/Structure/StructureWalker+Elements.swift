extension StructureWalker {
    /// Begins the element of which this is the header; `position` is behind the header.
    mutating func open(_ element: ElementHeader) {
        switch innermost.kind {
        case .fragments: openFragment(element)
        case .sequence: openItem(element)
        case .item where element.tag.group == 0xFFFE: delimit(element)
        case .dataSet, .item: openElement(element)
        }
    }

    /// Encapsulated pixel data: the offset table, the fragments, and the delimiter (PS3.5 Annex A.4).
    private mutating func openFragment(_ element: ElementHeader) {
        switch element.tag {
        case .item where element.length != ElementHeader.undefinedLength:
            tag = innermost.tag
            innermost.fragments += 1
            beginValue(element.length)
        case .sequenceDelimitation:
            close(element)
        default:
            fail(.structure, "\(element.tag) among the fragments of \(innermost.tag)")
        }
    }

    /// In a sequence: an item, or the sequence's end (PS3.5 §7.5).
    private mutating func openItem(_ element: ElementHeader) {
        switch element.tag {
        case .item:
            push(.item, tag: innermost.tag, length: element.length, encoding: innermost.encoding)
            // What is in an item of an implicit VR sequence may be in explicit VR.
            if innermost.kind == .item && innermost.encoding == .implicitLittleEndian { detection = .item }
        case .sequenceDelimitation where !innermost.isDefined:
            close(element)
        case .sequenceDelimitation, .itemDelimitation:
            notes.insert(.strayDelimiter)
            closeFinished()
        default:
            // No delimiter: the writer took the next element for one. The header is good only if both are
            // written alike.
            guard !innermost.isDefined && outer.last?.encoding == innermost.encoding else {
                return fail(.structure, "\(element.tag) among the items of \(innermost.tag)")
            }
            notes.insert(.missingDelimiter)
            pop()
            open(element)
        }
    }

    /// A tag of group FFFE where an element should be.
    private mutating func delimit(_ element: ElementHeader) {
        switch element.tag {
        case .itemDelimitation where innermost.kind == .item && !innermost.isDefined:
            close(element)
        case .sequenceDelimitation where isUndefinedItemInUndefinedSequence:
            notes.insert(.missingDelimiter)
            pop()
            close(element)
        case .item where innermost.kind == .item && !innermost.isDefined:
            notes.insert(.missingDelimiter)
            pop()
            openItem(element)
        case .itemDelimitation, .sequenceDelimitation:
            notes.insert(.strayDelimiter)
            closeFinished()
        default:
            fail(.structure, "\(element.tag) outside of a sequence")
        }
    }

    private var isUndefinedItemInUndefinedSequence: Bool {
        innermost.kind == .item && !innermost.isDefined && outer.last?.isDefined == false
    }

    private mutating func openElement(_ element: ElementHeader) {
        if isAfterPixelData && outer.isEmpty && !isPlausible(element) {
            notes.insert(.trailingPadding)
            phase = .padding
            return
        }
        guard element.tag.group != 0xFFFE else { return delimit(element) }
        if outer.isEmpty { lastGroup = element.tag.group }
        if element.tag.group == 0x0002 && outer.isEmpty { notes.insert(.fileMetaInformation) }
        if isAfterPixelData && outer.isEmpty { reserveBlock(element) }
        let isExplicit = element.hasVR
        if isExplicit && !element.vr.isKnown { notes.insert(.unknownVR) }
        if element.length == ElementHeader.undefinedLength {
            openUndefined(element, isExplicit: isExplicit)
        } else if isExplicit && element.vr == .sequence {
            push(.sequence, tag: element.tag, length: element.length, encoding: innermost.encoding)
        } else {
            tag = element.tag
            let wanted = outer.isEmpty ? WantedElement.index(of: element.tag) : nil
            let mayBeSequence = !isExplicit || element.vr == .unknown
            if mayBeSequence, wanted == nil, element.length >= 8, !element.tag.isPixelData,
                Int(element.length) <= innermost.end - position
            {
                undecided = element
            } else {
                beginValue(element.length, wanted: wanted)
            }
        }
    }

    /// Undefined length: a sequence, or encapsulated data (PS3.5 §7.5, Annex A.4).
    private mutating func openUndefined(_ element: ElementHeader, isExplicit: Bool) {
        if element.tag.isPixelData || isExplicit && element.vr.isEncapsulating {
            push(.fragments, tag: element.tag, length: element.length, encoding: innermost.encoding)
        } else if isExplicit && element.vr.isLongText {
            fail(.structure, "\(element.tag) has an undefined length")
        } else {
            let isUnknown = isExplicit ? element.vr == .unknown : innermost.encoding != .implicitLittleEndian
            push(
                .sequence,
                tag: element.tag,
                length: element.length,
                encoding: isUnknown ? .implicitLittleEndian : innermost.encoding,
                isUnknown: isUnknown
            )
        }
    }

    /// Skips (or copies) a value of this length.
    mutating func beginValue(_ length: UInt32, wanted: Int? = nil) {
        let length = Int(length)
        guard length <= innermost.end - position else {
            return fail(.beyondParent, "\(tag) is longer than what contains it")
        }
        if length & 1 != 0 { notes.insert(.oddLength) }
        if let wanted {
            if length <= attributeBytes {
                isCopying = true
                attributes.begin(wanted)
            } else if tag.isIdentity {
                return abandon(.identity, "\(WantedElement.all[wanted].keyword) is longer than 64 characters")
            } else {
                notes.insert(.oversizedAttribute)
                if tag == .studyInstanceUID || tag == .seriesInstanceUID { notes.insert(.longUID) }
            }
        }
        skip = length
        if length == 0 { endValue() }
    }

    /// The last byte of a value has been taken.
    mutating func endValue() {
        if isCopying {
            isCopying = false
            endCopy()
            guard phase == .walking else { return }
        }
        if outer.isEmpty && tag.isPixelData { pixelDataEnded() }
        closeFinished()
    }

    /// The copy of a value is whole.
    mutating func endCopy() {
        switch attributes.end() {
        case .kept: break
        case .odd(let note): notes.insert(note)
        case .contradiction: abandon(.identity, "\(tag) occurs twice with different values")
        case .tooLong: abandon(.identity, "\(tag) is a UID longer than 64 characters")
        }
    }
}
