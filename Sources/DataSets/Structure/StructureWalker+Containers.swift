extension StructureWalker {
    /// Enters an item, a sequence or encapsulated pixel data.
    mutating func push(
        _ kind: Container.Kind,
        tag: Tag,
        length: UInt32,
        encoding: Encoding,
        isUnknown: Bool = false,
        isGuessed: Bool = false
    ) {
        if kind == .sequence {
            // A program that reads the file later may do so by recursion; a stack is worth less than a limit.
            guard sequences < depth else {
                return abandon(.tooDeep, "More than \(depth) nested sequences")
            }
            sequences += 1
        }
        var container = Container(
            kind: kind,
            end: innermost.end,
            encoding: encoding,
            isUnknown: isUnknown,
            isGuessed: isGuessed,
            tag: tag,
            start: position
        )
        if length != ElementHeader.undefinedLength {
            guard Int(length) <= innermost.end - position else {
                if kind == .sequence { sequences -= 1 }
                return fail(.beyondParent, "\(tag) is longer than what contains it")
            }
            container.isDefined = true
            container.end = position + Int(length)
        }
        outer.append(innermost)
        innermost = container
        closeFinished()
    }

    /// Leaves the innermost container.
    mutating func pop() {
        guard let parent = outer.popLast() else { return }
        if innermost.kind == .sequence { sequences -= 1 }
        if outer.isEmpty && innermost.kind == .fragments && innermost.tag.isPixelData { pixelDataEnded() }
        if detection == .item { detection = .none }
        innermost = parent
    }

    /// What follows at top level may be padding.
    mutating func pixelDataEnded() {
        if !isAfterPixelData { hadIdentityBeforePixelData = attributes.hasIdentity }
        isAfterPixelData = true
    }

    /// Leaves the innermost container by its delimiter.
    mutating func close(_ delimiter: ElementHeader) {
        if delimiter.length != 0 { notes.insert(.strayDelimiter) }
        pop()
        closeFinished()
    }

    /// Leaves every container that ends here by its length, or by that of one around it.
    mutating func closeFinished() {
        while !outer.isEmpty && position == innermost.end {
            if !innermost.isDefined { notes.insert(.missingDelimiter) }
            pop()
            // A value that ends where it must was not read wrongly.
            if trial == .pending { trial = .convincing }
        }
    }

    /// A fault in the structure.
    ///
    /// Inside a private sequence, in what has a defined length, it is none: only its maker knows what should be in
    /// there, and the length tells where the data set goes on. The same goes for what was only guessed to be a
    /// sequence.
    mutating func fail(_ kind: Fault.Kind, _ description: String) {
        guard isOpaque(innermost) || outer.contains(where: isOpaque) else { return abandon(kind, description) }
        while !isOpaque(innermost) { pop() }
        if innermost.tag.isPrivate { notes.insert(.opaquePrivateSequence) }
        tag = innermost.tag
        skip = innermost.end - position
        pop()
        if skip == 0 { closeFinished() }
    }

    /// A fault that ends the walk; the bytes that follow are not looked at.
    mutating func abandon(_ kind: Fault.Kind, _ description: String) {
        fault = Fault(kind, description)
        phase = .failed
    }

    private func isOpaque(_ container: Container) -> Bool {
        (container.kind == .sequence || container.kind == .item) && container.isDefined
            && (container.tag.isPrivate || container.isGuessed)
    }

    /// A header of which only the beginning is in the item or sequence: `header`, whole unless the data set ends within
    /// it.
    ///
    /// If it is the delimiter of what is open, it is believed, and the length around it is not. Otherwise nothing can
    /// end here.
    mutating func takeStraddlingHeader() {
        let element = ElementHeader(header, encoding: innermost.encoding)
        let isDelimiter =
            element.tag == (innermost.kind == .item ? .itemDelimitation : .sequenceDelimitation)
        // The tag's four bytes tell it.
        if header.count >= 4 && header.count < 8 && isDelimiter {
            return abandon(.truncated, "Data set ends within \(element.tag)")
        }
        if header.count == 8, isDelimiter, element.length == 0, !innermost.isDefined, stretch(to: position + 8) {
            header = RawHeader()
            position += 8
            notes.insert(.shortSequence)
            return close(element)
        }
        fail(.beyondParent, "\(innermost.tag) ends within a header")
        guard phase == .walking else { return }
        // What was read ahead is the value's, and then the next header's.
        let taken = min(skip, header.count)
        header = header.dropFirst(taken)
        if taken > 0 { _ = skipBeginning(taken) }
    }

    /// Makes the defined length around what is open longer; false if what contains that ends too early.
    private mutating func stretch(to end: Int) -> Bool {
        guard let index = outer.lastIndex(where: \.isDefined), index > 0, outer[index - 1].end >= end else {
            return false
        }
        for level in index..<outer.count { outer[level].end = end }
        innermost.end = end
        return true
    }
}
