/// A data element tag (PS3.5 §7.1): group number and element number.
package struct Tag: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Group in the upper 16 bits, element in the lower.
    package let rawValue: UInt32

    /// The tag with this group and element, as one number.
    package init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The group number.
    package var group: UInt16 { UInt16(truncatingIfNeeded: rawValue >> 16) }

    /// The element number.
    package var element: UInt16 { UInt16(truncatingIfNeeded: rawValue) }

    /// A private element has an odd group number (PS3.5 §7.8).
    package var isPrivate: Bool { rawValue & 0x1_0000 != 0 }

    /// Pixel Data, Float Pixel Data or Double Float Pixel Data (PS3.3 §C.7.6.3, §C.7.6.24, §C.7.6.25).
    var isPixelData: Bool {
        self == .pixelData || self == .floatPixelData || self == .doubleFloatPixelData
    }

    package static func < (left: Tag, right: Tag) -> Bool { left.rawValue < right.rawValue }

    /// As the standard writes it: `(0010,0020)`.
    package var description: String { "(\(Self.hexadecimal(group)),\(Self.hexadecimal(element)))" }

    private static func hexadecimal(_ number: UInt16) -> String {
        let digits = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension Tag {
    /// Begins an item or a fragment (PS3.5 §7.5).
    static let item = Tag(0xFFFE_E000)
    /// Ends an item of undefined length (PS3.5 §7.5).
    static let itemDelimitation = Tag(0xFFFE_E00D)
    /// Ends a sequence of undefined length, and encapsulated pixel data (PS3.5 §7.5, Annex A.4).
    static let sequenceDelimitation = Tag(0xFFFE_E0DD)
    static let digitalSignaturesSequence = Tag(0xFFFA_FFFA)
    static let dataSetTrailingPadding = Tag(0xFFFC_FFFC)
    static let floatPixelData = Tag(0x7FE0_0008)
    static let doubleFloatPixelData = Tag(0x7FE0_0009)
    static let pixelData = Tag(0x7FE0_0010)
    static let specificCharacterSet = Tag(0x0008_0005)
    static let sopClassUID = Tag(0x0008_0016)
    static let sopInstanceUID = Tag(0x0008_0018)
    static let studyInstanceUID = Tag(0x0020_000D)
    static let seriesInstanceUID = Tag(0x0020_000E)
}
