import Testing

@testable import DataSets

/// What may be at the end of a data set that is stored: padding, delimiters that are missing, a last element of which
/// the header can be read in two ways.
@Suite struct EndOfDataSetTests {
    typealias Quirky = QuirkyDataSetTests.Quirky

    /// Without their delimiters, and all that is in them whole.
    private static let open: [(String, @Sendable (inout DataSetBuilder) -> Void)] = [
        (
            "Pixel Data in fragments",
            { builder in
                builder.open(0x7FE0_0010, "OB")
                builder.item([])
                builder.item([1, 2, 3, 4])
            }
        ),
        (
            "a sequence of whole items",
            { builder in
                builder.open(0x0040_A730)
                builder.item(DataSetBuilder.withoutSeries.bytes)
            }
        ),
        (
            "a sequence and its item",
            { builder in
                builder.open(0x0040_A730)
                builder.openItem()
                builder.raw(DataSetBuilder.withoutSeries.bytes)
            }
        ),
        (
            "a sequence of whole items, in a sequence and its item",
            { builder in
                builder.open(0x0040_A730)
                builder.openItem()
                builder.open(0x0040_A730)
                builder.item(DataSetBuilder.withoutSeries.bytes)
            }
        ),
        (
            "a sequence of whole items, in an item that is whole, in a sequence",
            { builder in
                var inner = DataSetBuilder()
                inner.open(0x0040_A730)
                inner.item(DataSetBuilder.withoutSeries.bytes)
                builder.open(0x0040_A730)
                builder.item(inner.bytes)
            }
        ),
    ]

    private static let padding: [[UInt8]] =
        [1, 2, 8, 9, 100].flatMap { [[UInt8](repeating: 0, count: $0), [UInt8](repeating: 0x20, count: $0)] }

    static let unclosed = open.flatMap { name, make in
        [Quirky("\(name)", .missingDelimiter, make)]
            + padding.map { bytes in
                Quirky("\(name), then \(bytes.count) times \(bytes[0])", [.missingDelimiter, .trailingPadding]) {
                    builder in
                    make(&builder)
                    builder.raw(bytes)
                }
            }
    }

    private static let blankFirst: [[UInt8]] = [
        Array(" \0".utf8), Array(" \0 \0 \0 \0 \0 \0".utf8), Array(" \0  \0\0 \0\0\0".utf8), Array("\0 \0".utf8),
        Array("\0 \0 \0 \0 \0 ".utf8),
    ]

    static let blanks =
        [Encoding.implicitLittleEndian, .explicitLittleEndian, .explicitBigEndian].flatMap { encoding in
            blankFirst.map { bytes in
                Quirky("\(encoding), then \(bytes)", .trailingPadding, in: encoding) { $0.raw(bytes) }
            }
        }
        + [
            Quirky("a sequence, then a blank and a NUL", .trailingPadding) { builder in
                builder.bytes.removeLast(10)
                builder.element(0x0040_A730, "SQ", [])
                builder.raw([0x20, 0])
            },
            Quirky("Pixel Data in fragments, then a blank and a NUL", [.missingDelimiter, .trailingPadding]) {
                builder in
                open[0].1(&builder)
                builder.raw([0x20, 0])
            },
        ]

    static let headers =
        [0x4142, 0x2020, 0x5551, 0x534C].map { length in
            Quirky("no VR, and a length of \(length)", length & 1 == 0 ? .missingVR : [.missingVR, .oddLength]) {
                builder in
                var last = DataSetBuilder(.implicitLittleEndian)
                last.element(0x0072_0082, "", [UInt8](repeating: 0x41, count: length))
                builder.raw(last.bytes)
            }
        }
        + ["SV", "UN", "OB"].map { vr in
            Quirky("\(vr) with an empty length of 16 bits, not the first such", .shortLength) { builder in
                builder.raw([0x72, 0, 0x80, 0] + vr.utf8 + [2, 0, 1, 2])
                builder.text(0x0072_0081, "LO", "ABCD")
                builder.raw([0x72, 0, 0x82, 0] + vr.utf8 + [0, 0])
            }
        }

    @Test("is stored", arguments: unclosed + blanks + headers) func isStored(_ quirky: Quirky) {
        let result = scan(quirky.bytes, quirky.transferSyntaxUID)
        #expect(result.fault == nil)
        #expect(result.notes == quirky.notes)
        #expect(result.identity.sopInstanceUID == "2.25.1")
        if quirky.bytes.count < 5_000 { expectSameHoweverCut(quirky.bytes, quirky.transferSyntaxUID) }
    }

    static let cuts = [
        Quirky("the tag of an element in an item") { builder in
            open[2].1(&builder)
            builder.raw([0x20, 0, 0x0D, 0])
        },
        Quirky("an item of defined length") { builder in
            builder.open(0x0040_A730)
            builder.header(0xFFFE_E000, "", length: 100)
            builder.text(0x0008_0100, "SH", "AB")
        },
        Quirky("an item with nothing in it") { builder in
            builder.open(0x0040_A730)
            builder.openItem()
        },
        Quirky("an item with nothing in it but NULs") { builder in
            builder.open(0x0040_A730)
            builder.openItem()
            builder.raw([0, 0])
        },
        Quirky("a sequence with nothing in it, in an item") { builder in
            open[2].1(&builder)
            builder.open(0x0040_A730)
        },
        Quirky("a header without its length") { $0.raw([0x72, 0, 0x82, 0, 0x55, 0x4E, 0, 0]) },
        Quirky("a value without VR, but for one byte") { builder in
            builder.raw([0x72, 0, 0x82, 0, 0x42, 0x41, 0, 0] + [UInt8](repeating: 0x41, count: 0x4141))
        },
    ]

    @Test("is not stored: a cut explains it", arguments: cuts) func isNotStored(_ quirky: Quirky) {
        #expect(scan(quirky.bytes, quirky.transferSyntaxUID).fault?.kind == .truncated)
        if quirky.bytes.count < 5_000 { expectSameHoweverCut(quirky.bytes, quirky.transferSyntaxUID) }
    }

    @Test("what goes on behind padding is refused") func goesOn() {
        var builder = DataSetBuilder.minimal()
        Self.open[0].1(&builder)
        builder.raw([UInt8](repeating: 0, count: 8))
        builder.item([1, 2])
        #expect(scan(builder.bytes).fault?.kind == .structure)
    }
}
