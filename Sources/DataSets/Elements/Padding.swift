/// The padding that a value may have and that means nothing (PS3.5 §6.2): blanks behind it, for some VRs also in front;
/// and NULs behind it, which belong to UI, and which many devices write behind text too.
enum Padding {
    /// VRs whose values may have blanks in front (PS3.5 Table 6.2-1).
    private static let leading: Set<String> = ["AE", "CS", "DS", "IS", "LO", "SH"]
    /// VRs in which a backslash is a character like others, so that there is one value (PS3.5 §6.4).
    private static let single: Set<String> = ["ST", "LT", "UT"]

    /// The values of an element without their padding, with a backslash between.
    static func stripped(from text: UnsafeRawBufferPointer, vr: String) -> [UInt8] {
        guard !single.contains(vr) else { return Array(stripped(text[...], isLeading: false)) }
        let values = text.split(separator: UInt8(ascii: "\\"), omittingEmptySubsequences: false)
        return Array(
            values.map { stripped($0, isLeading: leading.contains(vr)) }.joined(separator: [UInt8(ascii: "\\")])
        )
    }

    private static func stripped(
        _ value: Slice<UnsafeRawBufferPointer>,
        isLeading: Bool
    ) -> Slice<UnsafeRawBufferPointer> {
        var value = isLeading ? value.drop { $0 == 0x20 } : value
        while let last = value.last, last == 0x00 || last == 0x20 { value = value.dropLast() }
        return value
    }
}
