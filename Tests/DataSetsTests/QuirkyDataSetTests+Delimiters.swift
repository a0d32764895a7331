@testable import DataSets

extension QuirkyDataSetTests {
    /// Delimiters too many and too few (PS3.5 §7.5).
    static let delimiters = [
        Quirky("48: no delimiters in a sequence of defined length", .missingDelimiter) { builder in
            var inside = DataSetBuilder()
            inside.openItem()
            inside.text(0x0040_A160, "UT", "text")
            builder.element(0x0040_A730, "SQ", inside.bytes)
        },
        Quirky("48: no item delimiter", .missingDelimiter) { builder in
            builder.open(0x0040_A730)
            for _ in 0..<2 {
                builder.openItem()
                builder.text(0x0040_A160, "UT", "text")
            }
            builder.closeSequence()
        },
        Quirky("48: no sequence delimiter", .missingDelimiter) { builder in
            builder.open(0x0040_A730)
            builder.item(DataSetBuilder.minimal().bytes)
            builder.text(0x0040_A731, "LO", "behind")
        },
        Quirky("48: a delimiter too many", .strayDelimiter) { builder in
            builder.open(0x0040_A730)
            builder.item([])
            builder.closeSequence()
            builder.closeSequence()
        },
        Quirky("48: delimiters although the lengths are defined", .strayDelimiter) { builder in
            var item = DataSetBuilder.minimal()
            item.closeItem()
            var sequence = DataSetBuilder()
            sequence.item(item.bytes)
            sequence.closeSequence()
            builder.element(0x0040_A730, "SQ", sequence.bytes)
        },
        Quirky("48: a delimiter with a length", .strayDelimiter) { builder in
            builder.open(0x0040_A730)
            builder.header(0xFFFE_E0DD, "", length: 8)
        },
    ]
}
