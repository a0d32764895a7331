// Writers leave out VRs, invent some, and put a 16-bit length under a VR that has a 32-bit one. Where one reading of a
// header cannot be right, the other is: all that are possible are named here, the likeliest first, and what follows the
// value decides.

extension StructureWalker {
    /// How a header can be read.
    enum Readings {
        case certain(Reading)
        case uncertain([Reading])
        /// Eight bytes do not tell.
        case needsMore
    }

    /// Bytes behind an uncertain header within which another reading must show that it is the better one.
    static let lookaheadMax = 1 << 16

    /// How this header can be read, the likeliest reading first.
    func readings(of raw: RawHeader) -> Readings {
        let tag = ElementHeader(raw, encoding: innermost.encoding).tag
        guard tag.group != 0xFFFE else { return .certain(.standard) }
        if innermost.kind == .fragments { return .certain(mayBePadding(raw, tag) ? .padding : .standard) }
        if innermost.kind == .sequence && innermost.isDefined { return .certain(.standard) }
        // Behind the Pixel Data, what is no plausible element is padding: nothing else has to be tried.
        if outer.isEmpty && isAfterPixelData && hadIdentityBeforePixelData { return .certain(.standard) }
        if mayBePadding(raw, tag) {
            // The first reading but padding: zeros between elements are elements (0000,0000).
            return .uncertain([.padding, innermost.encoding == .implicitLittleEndian ? .standard : .withoutVR])
        }
        if detection == .dataSet && outer.isEmpty { return readingsOfFirst(raw) }
        if innermost.encoding == .implicitLittleEndian {
            guard Self.looksExplicit(raw) else { return .certain(.standard) }
            // An item may be in explicit VR although its sequence is not, and so may be the rest of a data set of which
            // the first elements had no VR.
            let wavers = declared != .implicitLittleEndian && outer.isEmpty
            return .uncertain(detection == .item || wavers ? [.explicitVR, .standard] : [.standard, .explicitVR])
        }
        return explicitReadings(of: raw, tag)
    }

    /// A VR of PS3.5, and zeros where it has reserved bytes.
    private static func looksExplicit(_ raw: RawHeader) -> Bool {
        switch raw.vr.form {
        case .short: true
        case .long: raw.lengthOrReserved == 0
        case .unknown, .noVR: false
        }
    }

    /// Of the first element of the data set, which tells the encoding of the others.
    private func readingsOfFirst(_ raw: RawHeader) -> Readings {
        // A file's meta header is in explicit VR always, and says nothing of the data set behind it.
        if raw.littleEndianGroup == 0x0002 { return .certain(raw.vr.isKnown ? .explicitVR : .implicitVR) }
        switch declared {
        case .explicitBigEndian:
            // The groups 0002 to 0028, read in the other byte order, are none.
            let isSwapped = (0x0003...0x0028).contains(raw.littleEndianGroup) && Self.looksExplicit(raw)
            return isSwapped ? .uncertain([.explicitVR, .standard]) : .certain(.standard)
        case .explicitLittleEndian:
            if Self.looksExplicit(raw) { return .certain(.explicitVR) }
            switch explicitReadings(of: raw, Tag(0xFFFF_FFFF)) {
            case .certain(let only): return .certain(only == .withoutVR ? .implicitVR : only)
            case .uncertain(let several): return .uncertain(several.map { $0 == .withoutVR ? .implicitVR : $0 })
            case .needsMore: return .needsMore
            }
        case .implicitLittleEndian:
            if Self.looksExplicit(raw) { return .uncertain([.explicitVR, .implicitVR]) }
            return raw.vr.isPrintable ? .uncertain([.shortLength, .implicitVR]) : .certain(.implicitVR)
        }
    }

    /// In explicit VR (PS3.5 §7.1.2).
    private func explicitReadings(of raw: RawHeader, _ tag: Tag) -> Readings {
        let isReservedZero = raw.lengthOrReserved == 0
        switch raw.vr.form {
        case .short:
            return .certain(.standard)
        case .long where isReservedZero:
            // No length but the next element's tag, if the length is an empty one of 16 bits.
            guard raw.count >= 12 else { return .needsMore }
            return mayBeTag(raw, behind: tag) ? .uncertain([.longLength, .shortLength]) : .certain(.standard)
        case .long:
            return .uncertain([.shortLength, .longLength])
        case .unknown:
            return .uncertain(
                isReservedZero ? [.longLength, .shortLength, .withoutVR] : [.shortLength, .longLength, .withoutVR]
            )
        case .noVR where raw.vr.isPrintable:
            return .uncertain(isReservedZero ? [.longLength, .shortLength, .withoutVR] : [.shortLength, .withoutVR])
        case .noVR:
            // The low half of a 32-bit length.
            return raw.vr.rawValue == 0 && isReservedZero
                ? .certain(.withoutVR) : .uncertain([.withoutVR, .shortLength])
        }
    }

    /// The bytes of a 32-bit length are the tag of an element that may come next.
    private func mayBeTag(_ raw: RawHeader, behind tag: Tag) -> Bool {
        let length = innermost.encoding == .explicitBigEndian ? raw.high.byteSwapped.halvesSwapped : raw.high
        return Self.mayBeTag(length, behind: tag)
    }

    /// The same for a little-endian length: the group is in its lower half. Group lengths, of element 0000, are no more
    /// written.
    @inline(__always)
    static func mayBeTag(_ length: UInt32, behind tag: Tag) -> Bool {
        guard length > 0xFFFF, length != ElementHeader.undefinedLength, tag < .pixelData else { return false }
        let next = Tag(length.halvesSwapped)
        return next > tag && next <= .pixelData
    }

    /// What the header behind an uncertain one shows.
    mutating func judge(_ raw: RawHeader) {
        guard trial == .pending else { return }
        if raw.isBlank && position - tried.position < Self.lookaheadMax { return }
        trial = isConvincing(raw) ? .convincing : .doubtful
    }

    /// Could hardly be there if the header before had been read wrongly.
    private func isConvincing(_ raw: RawHeader) -> Bool {
        let element = ElementHeader(raw, encoding: innermost.encoding)
        let tag = element.tag
        if tag.group == 0xFFFE {
            return switch innermost.kind {
            case .dataSet: false
            case .sequence, .fragments: tag == .item || tag == .sequenceDelimitation
            case .item: tag == .itemDelimitation && element.length == 0
            }
        }
        guard tag.group != 0, innermost.kind != .fragments else { return false }
        if Self.looksExplicit(raw) || tag.group == tried.tag.group && tag > tried.tag { return true }
        guard innermost.encoding == .implicitLittleEndian else { return false }
        return tag > tried.tag && tag <= .pixelData && (element.length < 1 << 24 || tag == .pixelData)
    }

    /// What a reading says of the encoding.
    mutating func settle(_ reading: Reading, _ raw: RawHeader) {
        let tag = ElementHeader(raw, encoding: innermost.encoding).tag
        guard tag.group != 0xFFFE else { return }
        let isFirst = detection == .dataSet && outer.isEmpty
        let wasImplicit = innermost.encoding == .implicitLittleEndian
        switch reading {
        case .explicitVR: innermost.encoding = .explicitLittleEndian
        case .implicitVR: innermost.encoding = .implicitLittleEndian
        case .standard where isFirst: innermost.encoding = declared
        case .shortLength, .longLength: if wasImplicit { innermost.encoding = .explicitLittleEndian }
        case .standard, .withoutVR, .padding: break
        }
        guard !isFirst || raw.littleEndianGroup != 0x0002 else { return }
        if detection != .none { detection = .none }
        let isImplicit = innermost.encoding == .implicitLittleEndian
        guard isFirst || wasImplicit != isImplicit else { return }
        noteEncoding(isFirst: isFirst, isImplicit: isImplicit)
    }

    private mutating func noteEncoding(isFirst: Bool, isImplicit: Bool) {
        if isImplicit {
            if declared != .implicitLittleEndian { notes.insert(.implicitInsteadOfExplicit) }
        } else if declared == .implicitLittleEndian {
            if !(outer.last?.isUnknown ?? false) || outer.isEmpty { notes.insert(.explicitInsteadOfImplicit) }
        } else if outer.isEmpty && !isFirst {
            // Only the first elements had no VR.
            notes.remove(.implicitInsteadOfExplicit)
            notes.insert(.missingVR)
        }
        if isFirst && declared == .explicitBigEndian && innermost.encoding != declared {
            notes.insert(.otherByteOrder)
            attributes.isBigEndian = false
        }
    }

    /// What is odd about a header.
    mutating func note(_ reading: Reading, _ element: ElementHeader) {
        switch reading {
        case .withoutVR: notes.insert(.missingVR)
        case .shortLength: if element.vr.isKnown { notes.insert(.shortLength) }
        case .standard, .longLength, .explicitVR, .implicitVR, .padding: break
        }
    }
}

extension UInt32 {
    /// The lower half above the upper one: a tag as the number that its four little-endian bytes are, and back.
    var halvesSwapped: UInt32 { self << 16 | self >> 16 }
}
