/// Looks for SOP Class and SOP Instance UID anywhere in a file's data set, from element to element: values are passed
/// over by their lengths, so that a file of gigabytes is not read. Blocks.
struct IdentityWalk {
    private(set) var sopClassUID: String?
    private(set) var sopInstanceUID: String?
    /// Items and sequences of undefined length around the next element.
    private var depth = 0

    /// Elements, items and fragments that are looked at: more than files have, and a second of work.
    private static let elementsMax = 1_000_000
    private static let undefinedLength = 0xFFFF_FFFF
    /// Items and delimiters (PS3.5 §7.5).
    private static let itemGroup: UInt16 = 0xFFFE
    private static let delimiters: Set<UInt16> = [0xE00D, 0xE0DD]

    /// Until both are found, the file ends, or what comes is no data set.
    mutating func walk(
        _ reader: inout HeadReader,
        from offset: Int,
        isBigEndian: Bool
    ) throws(InstanceFile.Unreadable) {
        var position = offset
        var isImplicit = false
        for _ in 0..<Self.elementsMax where sopClassUID == nil || sopInstanceUID == nil {
            guard
                let element = try HeadElement(
                    &reader,
                    at: position,
                    isBigEndian: isBigEndian,
                    isImplicit: isImplicit
                )
            else { return }
            if position == offset { isImplicit = !element.isExplicit }
            if element.group == Self.itemGroup, Self.delimiters.contains(element.element) {
                depth = max(0, depth - 1)
                position = element.valueOffset
            } else if element.valueLength == Self.undefinedLength {
                depth += 1
                position = element.valueOffset
            } else {
                if depth == 0 { try take(element, &reader) }
                position = element.valueEnd
            }
        }
    }

    private mutating func take(_ element: HeadElement, _ reader: inout HeadReader) throws(InstanceFile.Unreadable) {
        guard element.group == 0x0008, [0x0016, 0x0018].contains(element.element),
            element.valueLength <= FileHead.uidBytes,
            let value = try reader.bytes(at: element.valueOffset, count: element.valueLength)
        else { return }
        let text = FileHead.text(value)
        guard !text.isEmpty else { return }
        if element.element == 0x0016 { sopClassUID = sopClassUID ?? text }
        if element.element == 0x0018 { sopInstanceUID = sopInstanceUID ?? text }
    }
}
