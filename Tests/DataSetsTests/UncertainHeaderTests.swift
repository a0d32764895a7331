import Testing

@testable import DataSets

/// Headers that can be read in two ways: the one that cannot be right gives way to the other.
@Suite struct UncertainHeaderTests {
    typealias Quirky = QuirkyDataSetTests.Quirky

    /// Tag, two bytes for a VR, a 16-bit length.
    private static func short(
        _ tag: UInt32,
        _ vr: String,
        _ value: [UInt8],
        in encoding: Encoding = .explicitLittleEndian
    ) -> [UInt8] {
        var builder = DataSetBuilder(encoding)
        builder.header(tag, "LO", length: UInt32(value.count))
        builder.bytes.replaceSubrange(4..<6, with: vr.utf8)
        return builder.bytes + value
    }

    private static func withoutVR(_ tag: UInt32, _ value: [UInt8]) -> [UInt8] {
        var builder = DataSetBuilder(.implicitLittleEndian)
        builder.element(tag, "", value)
        return builder.bytes
    }

    private static func long(_ tag: UInt32, _ vr: String, reserved: UInt8, _ value: [UInt8]) -> [UInt8] {
        var builder = DataSetBuilder()
        builder.element(tag, "OB", value)
        builder.bytes.replaceSubrange(4..<7, with: Array(vr.utf8) + [reserved])
        return builder.bytes
    }

    /// Behind what is odd, an element of its group and one of another.
    private static func followed(_ builder: inout DataSetBuilder) {
        builder.text(0x0072_0102, "LO", "ABCD")
        builder.element(0x7FE0_0010, "OW", [1, 2, 3, 4])
    }

    static let lengths =
        ["SV", "UV", "OV", "UC", "UR", "UN", "OB", "OW", "UT", "SQ"].map { vr in
            Quirky("\(vr) with a 16-bit length", .shortLength) { builder in
                builder.raw(short(0x0072_0082, vr, [0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0]))
                followed(&builder)
            }
        }
        + ["SV", "UN", "UC"].map { vr in
            Quirky("\(vr) with an empty length of 16 bits", .shortLength) { builder in
                builder.raw(short(0x0072_0082, vr, []))
                followed(&builder)
            }
        }
        + ["??", "--", "ox", "  ", "ZZ", "un"].flatMap { vr in
            [
                Quirky("VR '\(vr)' with a 16-bit length", .unknownVR) { builder in
                    builder.raw(short(0x0072_0082, vr, Array("ABCDEFGH".utf8)))
                    followed(&builder)
                },
                Quirky("VR '\(vr)' with an empty length of 16 bits", .unknownVR) { builder in
                    builder.raw(short(0x0072_0082, vr, []))
                    followed(&builder)
                },
                Quirky("VR '\(vr)' with a 32-bit length", .unknownVR) { builder in
                    builder.raw(long(0x0072_0082, vr, reserved: 0, Array("ABCDEFGH".utf8)))
                    followed(&builder)
                },
            ]
        } + [
            Quirky("reserved bytes that are not zero, before a 32-bit length", []) { builder in
                builder.raw(long(0x0072_0082, "OB", reserved: 7, [UInt8](repeating: 9, count: 100)))
                followed(&builder)
            },
            Quirky("a length that spells a tag", []) { builder in
                builder.element(0x0029_1010, "OB", [UInt8](repeating: 9, count: 0x0010_0072))
                followed(&builder)
            },
            Quirky("16-bit lengths in big endian", .shortLength, in: .explicitBigEndian) { builder in
                builder.raw(short(0x0072_0082, "UV", Array("ABCDEFGH".utf8), in: .explicitBigEndian))
                followed(&builder)
            },
            Quirky("several of them in an item", [.shortLength, .unknownVR, .missingVR]) { builder in
                builder.open(0x0040_0275)
                builder.item(
                    short(0x0040_0007, "UN", [1, 2]) + short(0x0040_0008, "??", [1, 2])
                        + withoutVR(0x0040_0009, [1, 2])
                )
                builder.closeSequence()
                followed(&builder)
            },
        ]

    static let missing = [
        Quirky("an element without VR", .missingVR) { builder in
            builder.raw(withoutVR(0x0072_0082, Array("AB".utf8)))
            followed(&builder)
        },
        Quirky("three elements without VR", .missingVR) { builder in
            for tag: UInt32 in [0x0072_0082, 0x0072_0083, 0x0072_0084] {
                builder.raw(withoutVR(tag, Array("ABCD".utf8)))
            }
            followed(&builder)
        },
        Quirky("the last element without VR", .missingVR) { $0.raw(withoutVR(0x0072_0082, Array("AB".utf8))) },
        Quirky("an empty element without VR", .missingVR) { builder in
            builder.raw(withoutVR(0x0072_0082, []))
            followed(&builder)
        },
        Quirky("Pixel Data without VR", .missingVR) {
            $0.raw(withoutVR(0x7FE0_0010, [UInt8](repeating: 7, count: 300)))
        },
        Quirky("the first element without VR", .missingVR) { builder in
            builder.bytes = withoutVR(0x0008_0005, Array("ISO_IR 100".utf8)) + builder.bytes
        },
        Quirky("the first two elements without VR", .missingVR) { builder in
            builder.bytes =
                withoutVR(0x0008_0005, Array("ISO_IR 100".utf8)) + withoutVR(0x0008_0008, Array("ORIGINAL".utf8))
                + builder.bytes
        },
        Quirky("a first element whose VR is none", .unknownVR) { builder in
            builder.bytes = short(0x0008_0005, "??", Array("ISO_IR 100".utf8)) + builder.bytes
        },
        Quirky("NULs for a VR, and a 16-bit length", .unknownVR) { builder in
            builder.raw(short(0x0072_0082, "\0\0", Array("ABCD".utf8)))
            followed(&builder)
        },
    ]

    static let items = [
        Quirky(
            "explicit VR in the items of an implicit VR sequence",
            .explicitInsteadOfImplicit,
            in: .implicitLittleEndian
        ) {
            builder in
            builder.open(0x0040_0275)
            builder.openItem()
            builder.raw(DataSetBuilder.minimal().bytes)
            builder.closeItem()
            builder.closeSequence()
            builder.text(0x0072_0102, "LO", "ABCD")
        },
        Quirky("implicit VR in the items of an explicit VR sequence", .missingVR) { builder in
            builder.open(0x0040_0275)
            builder.openItem()
            builder.raw(DataSetBuilder.minimal(.implicitLittleEndian).bytes)
            builder.closeItem()
            builder.closeSequence()
            followed(&builder)
        },
        Quirky("an implicit VR value whose length spells a VR", in: .implicitLittleEndian) { builder in
            builder.element(0x0072_0102, "OB", [UInt8](repeating: 9, count: 0x4F4C))
            builder.text(0x0072_0104, "LO", "ABCD")
        },
        Quirky("little endian under the big endian syntax", .otherByteOrder, as: "1.2.840.10008.1.2.2"),
        Quirky("a private sequence whose item's delimiter straddles its end", .shortSequence) { builder in
            var item = DataSetBuilder()
            item.openItem()
            item.text(0x0008_0100, "SH", "AB")
            item.closeItem()
            builder.header(0x2005_140F, "SQ", length: UInt32(item.bytes.count - 4))
            builder.raw(item.bytes)
            builder.text(0x2110_0010, "LO", "ABCD")
        },
        Quirky("the same, twice within each other", .shortSequence) { builder in
            var inner = DataSetBuilder()
            inner.openItem()
            inner.text(0x0008_0100, "SH", "AB")
            inner.closeItem()
            var outer = DataSetBuilder()
            outer.openItem()
            outer.header(0x2005_1410, "SQ", length: UInt32(inner.bytes.count - 2))
            outer.raw(inner.bytes)
            outer.closeItem()
            builder.header(0x2005_140F, "SQ", length: UInt32(outer.bytes.count - 6))
            builder.raw(outer.bytes)
            builder.text(0x2110_0010, "LO", "ABCD")
        },
    ]

    static let ends = [
        Quirky("an item ends the data set", .missingDelimiter) { builder in
            builder.open(0x0040_A730)
            builder.item(DataSetBuilder.minimal().bytes)
        },
        Quirky("an item's delimiter ends the data set", .missingDelimiter) { builder in
            builder.open(0x0040_A730)
            builder.openItem()
            builder.raw(DataSetBuilder.minimal().bytes)
            builder.closeItem()
        },
        Quirky("a fragment ends the data set", .missingDelimiter) { builder in
            builder.open(0x7FE0_0010, "OB")
            builder.item([])
            builder.item([1, 2, 3, 4])
        },
        Quirky("line ends and blanks end the data set", .trailingPadding) {
            $0.raw(Array(" \r\n\r\n   \0\0\0\0\n".utf8))
        },
        Quirky("a block of NULs ends a data set in implicit VR", .trailingPadding, in: .implicitLittleEndian) {
            $0.raw([UInt8](repeating: 0, count: 1001))
        },
        Quirky("pixels that spell a tag, behind the Pixel Data", .trailingPadding, in: .implicitLittleEndian) {
            builder in
            builder.element(0x7FE0_0010, "OW", [1, 2, 3, 4])
            builder.raw([0xE1, 0x7F, 0x00, 0x10, 0xFF, 0x0F, 0xFF, 0x0F, 1, 2, 3, 4])
        },
        Quirky("private elements behind the Pixel Data", in: .implicitLittleEndian) { builder in
            builder.element(0x7FE0_0010, "OW", [1, 2, 3, 4])
            builder.text(0x7FE1_0010, "LO", "MAKERS")
            builder.text(0x7FE1_1001, "LO", "ABCD")
        },
        Quirky("8 NULs between two elements", .missingVR) { builder in
            builder.raw([UInt8](repeating: 0, count: 8))
            builder.text(0x0072_0102, "LO", "ABCD")
        },
    ]

    @Test("is stored", arguments: lengths + missing + items + ends) func isStored(_ quirky: Quirky) {
        let result = scan(quirky.bytes, quirky.transferSyntaxUID)
        #expect(result.fault == nil)
        #expect(result.notes == quirky.notes)
        #expect(result.identity.sopInstanceUID == "2.25.1")
        if quirky.bytes.count < 10_000 { expectSameHoweverCut(quirky.bytes, quirky.transferSyntaxUID) }
        if quirky.bytes.count < 10_000, !quirky.notes.contains(.trailingPadding), quirky.bytes.last != 0 {
            #expect(scan(Array(quirky.bytes.dropLast()), quirky.transferSyntaxUID).fault != nil)
        }
    }
}
