/// The header of a data element as files have it (PS3.5 §7.1): in any encoding, which is found out for each element.
struct HeadElement {
    var group: UInt16
    var element: UInt16
    /// It has a value representation that PS3.5 Table 6.2-1 could have.
    var isExplicit: Bool
    var isBigEndian: Bool
    var valueOffset: Int
    var valueLength: Int

    var valueEnd: Int { valueOffset + valueLength }

    /// nil where the file ends.
    ///
    /// - Parameter isImplicit: It has no value representation, whatever its length looks like.
    init?(
        _ reader: inout HeadReader,
        at offset: Int,
        isBigEndian: Bool,
        isImplicit: Bool = false
    ) throws(InstanceFile.Unreadable) {
        guard let bytes = try reader.bytes(at: offset, count: 8).map(Array.init) else { return nil }
        self.isBigEndian = isBigEndian
        group = UInt16(Self.number(bytes[0..<2], isBigEndian))
        element = UInt16(Self.number(bytes[2..<4], isBigEndian))
        // Items and delimiters never have one (PS3.5 §7.5).
        isExplicit =
            !isImplicit && group != 0xFFFE
            && bytes[4..<6].allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        if !isExplicit {
            valueOffset = offset + 8
            valueLength = Self.number(bytes[4..<8], isBigEndian)
        } else if Self.vrsWithShortLength.contains(String(decoding: bytes[4..<6], as: UTF8.self)) {
            valueOffset = offset + 8
            valueLength = Self.number(bytes[6..<8], isBigEndian)
        } else {
            guard let length = try reader.bytes(at: offset + 8, count: 4) else { return nil }
            valueOffset = offset + 12
            valueLength = Self.number(length, isBigEndian)
        }
    }

    /// PS3.5 Table 7.1-2; every other VR, also a future one, has a 32-bit length (PS3.5 §7.1.2).
    private static let vrsWithShortLength: Set<String> = [
        "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM",
        "UI",
        "UL", "US",
    ]

    static func number(_ bytes: ArraySlice<UInt8>, _ isBigEndian: Bool) -> Int {
        let ordered = isBigEndian ? Array(bytes) : bytes.reversed()
        return ordered.reduce(0) { $0 << 8 | Int($1) }
    }
}
