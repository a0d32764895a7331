import Testing

@testable import DataSets

/// Data sets of real modalities that are wrong and stored all the same (quirk 44 to 51; docs/testing.md).
@Suite struct QuirkyDataSetTests {
    struct Quirky: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var notes: Notes
        var transferSyntaxUID: String
        var bytes: [UInt8]

        init(
            _ name: String,
            _ notes: Notes = [],
            in encoding: Encoding = .explicitLittleEndian,
            as transferSyntaxUID: String? = nil,
            _ make: (inout DataSetBuilder) -> Void = { _ in }
        ) {
            var builder = DataSetBuilder.minimal(encoding)
            make(&builder)
            testDescription = name
            self.notes = notes
            self.transferSyntaxUID = transferSyntaxUID ?? encoding.transferSyntaxUID
            bytes = builder.bytes
        }
    }

    private static func pixelsFirst(_ encoding: Encoding) -> [UInt8] {
        var builder = DataSetBuilder(encoding)
        builder.element(0x7FE0_0010, "OW", [1, 2, 3, 4])
        return builder.bytes
    }

    static let elements = [
        Quirky("44: group lengths", []) { $0.element(0x0028_0000, "UL", [4, 0, 0, 0]) },
        Quirky("44: group 0002 in the data set", .fileMetaInformation) { builder in
            builder.bytes.insert(contentsOf: [2, 0, 0x10, 0, 0x55, 0x49, 2, 0, 0x31, 0], at: 0)
        },
        Quirky("44: explicit group 0002, implicit data set", .fileMetaInformation, in: .implicitLittleEndian) {
            builder in
            builder.bytes.insert(contentsOf: [2, 0, 0x10, 0, 0x55, 0x49, 2, 0, 0x31, 0], at: 0)
        },
        Quirky("44: implicit group 0002, explicit data set", .fileMetaInformation) { builder in
            builder.bytes.insert(contentsOf: [2, 0, 0x10, 0, 2, 0, 0, 0, 0x31, 0], at: 0)
        },
        Quirky(
            "44: explicit little endian group 0002, big endian data set",
            .fileMetaInformation,
            in: .explicitBigEndian
        ) { builder in
            builder.bytes.insert(contentsOf: [2, 0, 0x10, 0, 0x55, 0x49, 2, 0, 0x31, 0], at: 0)
        },
        Quirky("46: an element of odd length", .oddLength) { $0.text(0x0040_A160, "UT", "odd") },
        Quirky("46: odd pixel data", .oddLength) { $0.element(0x7FE0_0010, "OB", [1, 2, 3]) },
        Quirky("47: a VR of a later edition", .unknownVR) { $0.element(0x0040_A160, "ZZ", [1, 2]) },
        Quirky("47: a VR that is none", .unknownVR) { $0.element(0x0040_A160, "??", [1, 2]) },
        Quirky("47: UN of defined length") { $0.element(0x0040_A730, "UN", [1, 2, 3, 4]) },
        Quirky("47: out-of-order tags") { $0.text(0x0008_0060, "CS", "CT") },
        Quirky("47: UN of undefined length, implicit inside") { builder in
            builder.open(0x0029_1010, "UN")
            var inside = DataSetBuilder.minimal(.implicitLittleEndian)
            inside.open(0x0029_1011)
            inside.item(DataSetBuilder.minimal(.implicitLittleEndian).bytes)
            inside.closeSequence()
            builder.item(inside.bytes)
            builder.openItem()
            builder.raw(inside.bytes)
            builder.closeItem()
            builder.closeSequence()
        },
        Quirky("47: UN of undefined length, implicit inside, in big endian", in: .explicitBigEndian) { builder in
            builder.open(0x0029_1010, "UN")
            var inside = DataSetBuilder(.implicitLittleEndian)
            inside.item(DataSetBuilder.minimal(.implicitLittleEndian).bytes)
            inside.closeSequence()
            builder.raw(inside.bytes)
            builder.text(0x0040_A160, "UT", "behind")
        },
        Quirky("47: UN of undefined length, explicit inside") { builder in
            builder.open(0x0029_1010, "UN")
            builder.item(DataSetBuilder.minimal().bytes)
            builder.closeSequence()
        },
        Quirky("51: a private sequence that holds no items", .opaquePrivateSequence) { builder in
            builder.element(0x0029_1010, "SQ", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
            builder.text(0x0040_A160, "UT", "behind")
        },
        Quirky("51: an invalid length in a private sequence", .opaquePrivateSequence) { builder in
            var inside = DataSetBuilder()
            inside.openItem()
            inside.header(0x0029_1012, "OB", length: 1_000_000)
            builder.element(0x0029_1010, "SQ", inside.bytes)
            builder.text(0x0040_A160, "UT", "behind")
        },
        Quirky("51: a private sequence of four bytes", .opaquePrivateSequence) { builder in
            builder.element(0x0029_1010, "SQ", [1, 2, 3, 4])
        },
        Quirky("51: a private element in fragments, in implicit VR", .opaquePrivateSequence, in: .implicitLittleEndian)
        {
            builder in
            builder.open(0x0029_1010)
            builder.item([])
            builder.item([1, 2])
            builder.closeSequence()
            builder.text(0x0040_A160, "UT", "behind")
        },
        Quirky("47: Pixel Data first", in: .implicitLittleEndian) { builder in
            builder.bytes = pixelsFirst(.implicitLittleEndian) + builder.bytes
        },
        Quirky("47: Pixel Data first, in explicit VR") { builder in
            builder.bytes = pixelsFirst(.explicitLittleEndian) + builder.bytes
        },
        Quirky("a value that begins like an item, in implicit VR", in: .implicitLittleEndian) { builder in
            builder.element(0x0042_0011, "OB", [0xFE, 0xFF, 0, 0xE0, 4, 0, 0, 0, 1, 2, 3, 4, 5, 6])
        },
        Quirky("a value that is an item longer than itself, in UN") { builder in
            builder.element(0x0042_0011, "UN", [0xFE, 0xFF, 0, 0xE0, 1, 0, 0, 0])
        },
        Quirky("64 sequences of defined length, in implicit VR", in: .implicitLittleEndian) {
            $0.raw(DataSetBuilder.nested(64))
        },
        Quirky("the same element twice", .duplicateElement) { $0.text(0x0008_0018, "UI", "2.25.1  ") },
        Quirky("a Study Instance UID twice, with other values", .duplicateElement) {
            $0.text(0x0020_000D, "UI", "2.25.77\0")
        },
        Quirky("a Series Instance UID of 80 characters", .longUID) { builder in
            var first = DataSetBuilder()
            first.text(0x0020_000E, "UI", String(repeating: "1", count: 80))
            builder.bytes = first.bytes + DataSetBuilder.withoutSeries.bytes
        },
        Quirky("a Study Instance UID longer than any attribute may be", [.oversizedAttribute, .longUID]) { builder in
            var first = DataSetBuilder()
            first.text(0x0020_000D, "UI", String(repeating: "1", count: 10_240))
            builder.bytes = first.bytes + DataSetBuilder.withoutSeries.bytes
        },
        Quirky("float pixel data, then padding", .trailingPadding) { builder in
            builder.element(0x7FE0_0008, "OF", [1, 2, 3, 4])
            builder.raw([0, 0, 0])
        },
    ]

    static let padding = [
        Quirky("45: (FFFC,FFFC)") { builder in
            builder.element(0x7FE0_0010, "OW", [1, 2])
            builder.element(0xFFFC_FFFC, "OB", [UInt8](repeating: 0, count: 100))
        },
        Quirky("45: (FFFC,FFFC) in implicit VR", in: .implicitLittleEndian) { builder in
            builder.element(0x7FE0_0010, "OW", [1, 2])
            builder.element(0xFFFC_FFFC, "OB", [UInt8](repeating: 0, count: 100))
        },
        Quirky("45: one zero", .trailingPadding) { builder in
            builder.element(0x7FE0_0010, "OW", [1, 2])
            builder.raw([0])
        },
        Quirky("45: many zeros", .trailingPadding) { builder in
            builder.element(0x7FE0_0010, "OW", [1, 2])
            builder.raw([UInt8](repeating: 0, count: 1000))
        },
        Quirky("45: many zeros in implicit VR", .trailingPadding, in: .implicitLittleEndian) { builder in
            builder.element(0x7FE0_0010, "OW", [1, 2])
            builder.raw([UInt8](repeating: 0, count: 1000))
        },
        Quirky("45: garbage", .trailingPadding) { builder in
            builder.element(0x7FE0_0010, "OW", [1, 2])
            builder.raw(Array("not an element at all".utf8))
        },
        Quirky("45: garbage that looks like a long VR", .trailingPadding) { builder in
            builder.element(0x7FE0_0010, "OW", [1, 2])
            builder.raw(Array("ABCDZZGHIJ".utf8))
        },
        Quirky("45: zeros after fragments", .trailingPadding) { builder in
            builder.open(0x7FE0_0010, "OB")
            builder.item([])
            builder.closeSequence()
            builder.raw([UInt8](repeating: 0, count: 16))
        },
    ]

    static let encodings = [
        Quirky(
            "implicit VR under an explicit syntax",
            .implicitInsteadOfExplicit,
            in: .implicitLittleEndian,
            as: "1.2.840.10008.1.2.1"
        ),
        Quirky(
            "implicit VR under JPEG",
            .implicitInsteadOfExplicit,
            in: .implicitLittleEndian,
            as: "1.2.840.10008.1.2.4.50"
        ),
        Quirky("explicit VR under the implicit syntax", .explicitInsteadOfImplicit, as: "1.2.840.10008.1.2"),
        Quirky("an unknown syntax, explicit VR", .unknownTransferSyntax, as: "1.3.6.1.4.1.5962.300.9"),
        Quirky(
            "an unknown syntax, implicit VR",
            [.unknownTransferSyntax, .implicitInsteadOfExplicit],
            in: .implicitLittleEndian,
            as: "1.2.840.113619.5.2"
        ),
        Quirky("a syntax of a later edition", as: "1.2.840.10008.1.2.4.999"),
    ]

    @Test("is stored", arguments: elements + delimiters + padding + encodings) func isStored(_ quirky: Quirky) {
        let result = scan(quirky.bytes, quirky.transferSyntaxUID)
        #expect(result.fault == nil)
        #expect(result.notes == quirky.notes)
        #expect(result.identity.sopInstanceUID == "2.25.1")
        expectSameHoweverCut(quirky.bytes, quirky.transferSyntaxUID)
    }

    /// Behind the Pixel Data too, what plainly is an element must be whole.
    @Test(
        "a truncated element is no padding",
        arguments: [Encoding.implicitLittleEndian, .explicitLittleEndian, .explicitBigEndian]
    )
    func aTruncatedElementIsNoPadding(_ encoding: Encoding) {
        var builder = DataSetBuilder.minimal(encoding)
        builder.element(0x7FE0_0010, "OW", [1, 2])
        builder.header(0xFFFC_FFFC, "OB", length: 100)
        builder.raw([0, 0])
        #expect(scan(builder.bytes, encoding.transferSyntaxUID).fault?.kind == .truncated)
    }

    @Test("every note has its words") func everyNoteHasItsWords() {
        for bit in 0..<20 {
            #expect(!Notes(rawValue: 1 << bit).description.isEmpty)
        }
        #expect(Notes([.oddLength, .unknownVR]).description == "unknown VR, odd length")
    }
}
