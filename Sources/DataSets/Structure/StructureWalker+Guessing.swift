// Implicit VR and VR UN do not tell a sequence of defined length from other values. One that begins like a sequence is
// walked, so that its depth is known: a program that reads the file with a dictionary will walk it too.

extension StructureWalker {
    /// Enters a value of defined length if it is a sequence by the looks of its first eight bytes: an item that fits.
    ///
    /// - Returns: whether it was entered; `raw` is its first item's header then.
    mutating func enterGuessedSequence(_ element: ElementHeader, startingWith raw: RawHeader) -> Bool {
        let first = ElementHeader(raw, encoding: .implicitLittleEndian)
        guard first.tag == .item,
            first.length == ElementHeader.undefinedLength || Int(first.length) <= Int(element.length) - 8
        else { return false }
        push(
            .sequence,
            tag: element.tag,
            length: element.length,
            encoding: .implicitLittleEndian,
            isUnknown: innermost.encoding != .implicitLittleEndian,
            isGuessed: true
        )
        return phase == .walking
    }

    /// Skips the first bytes of a value, which have been seen already; answers how many they are.
    mutating func skipBeginning(_ count: Int) -> Int {
        guard phase == .walking else { return count }
        position += count
        skip -= count
        if skip == 0 { endValue() }
        return count
    }
}
