import TestSupport
import Testing

@testable import DataSets

/// From the wanted elements to text, by way of DCMTK.
@Suite struct HeaderAttributesTests {
    @Test(
        "reads text and numbers",
        arguments: [Encoding.implicitLittleEndian, .explicitLittleEndian, .explicitBigEndian]
    )
    func readsTextAndNumbers(_ encoding: Encoding) throws {
        let result = scan(DataSetBuilder.minimal(encoding).bytes, encoding.transferSyntaxUID)
        let attributes = try result.attributes.attributes()
        #expect(attributes["PatientName"] == "Doe^Jane")
        #expect(attributes["SOPInstanceUID"] == "2.25.1")
        #expect(attributes["Rows"] == "2")
        #expect(attributes["Columns"] == nil)
        #expect(attributes.unexplained == [])
    }

    struct Name: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var characterSet: String?
        var bytes: [UInt8]
        var text: String
        var isExplained = true
    }

    // The Japanese and Korean names are those of PS3.5 Annexes H and I.
    static let names = [
        Name(
            testDescription: "UTF-8",
            characterSet: "ISO_IR 192",
            bytes: Array("Łukasz^Žofie".utf8),
            text: "Łukasz^Žofie"
        ),
        Name(
            testDescription: "Latin-1",
            characterSet: "ISO_IR 100",
            bytes: [0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72],
            text: "Müller"
        ),
        Name(
            testDescription: "ISO 2022 IR 87",
            characterSet: "\\ISO 2022 IR 87",
            bytes: Array("Yamada^Tarou=".utf8) + [0x1B, 0x24, 0x42, 0x3B, 0x33, 0x45, 0x44, 0x1B, 0x28, 0x42]
                + Array("^".utf8) + [0x1B, 0x24, 0x42, 0x42, 0x40, 0x4F, 0x3A, 0x1B, 0x28, 0x42],
            text: "Yamada^Tarou=山田^太郎"
        ),
        Name(
            testDescription: "ISO 2022 IR 13 and IR 87",
            characterSet: "ISO 2022 IR 13\\ISO 2022 IR 87",
            bytes: [0xD4, 0xCF, 0xC0, 0xDE, 0x5E, 0xC0, 0xDB, 0xB3, 0x3D]
                + [0x1B, 0x24, 0x42, 0x3B, 0x33, 0x45, 0x44, 0x1B, 0x28, 0x4A, 0x5E]
                + [0x1B, 0x24, 0x42, 0x42, 0x40, 0x4F, 0x3A, 0x1B, 0x28, 0x4A],
            text: "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎"
        ),
        Name(
            testDescription: "ISO 2022 IR 149",
            characterSet: "\\ISO 2022 IR 149",
            bytes: Array("Hong^Gildong=".utf8) + [0x1B, 0x24, 0x29, 0x43, 0xFB, 0xF3, 0x5E]
                + [0x1B, 0x24, 0x29, 0x43, 0xD1, 0xCE, 0xD4, 0xD7],
            text: "Hong^Gildong=洪^吉洞"
        ),
        Name(
            testDescription: "Latin-1 without a character set",
            characterSet: nil,
            bytes: [0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72],
            text: "M%FCller",
            isExplained: false
        ),
        Name(
            testDescription: "UTF-8 without a character set",
            characterSet: nil,
            bytes: Array("Müller".utf8),
            text: "Müller",
            isExplained: false
        ),
        Name(
            testDescription: "a character set that there is not",
            characterSet: "ISO_8859-1",
            bytes: [0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72],
            text: "M%FCller",
            isExplained: false
        ),
        Name(
            testDescription: "Latin-1 that says UTF-8",
            characterSet: "ISO_IR 192",
            bytes: [0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72],
            text: "M%FCller",
            isExplained: false
        ),
        Name(testDescription: "ASCII in any character set", characterSet: "nonsense", bytes: [0x41, 0x42], text: "AB"),
    ]

    // Terms of code extensions that stand alone; the bytes of one set are those of its ISO_IR (PS3.3 §C.12.1.1.2).
    static let alone: [Name] = [
        ("100", [0xFC], "ü"), ("101", [0xB3], "ł"), ("109", [0xA1], "Ħ"), ("110", [0xC0], "Ā"), ("144", [0xD0], "а"),
        ("127", [0xC7], "ا"), ("126", [0xE1], "α"), ("138", [0xE0], "א"), ("148", [0xF0], "ğ"), ("203", [0xA4], "€"),
        ("13", [0xD4], "ﾔ"), ("166", [0xA1], "ก"), ("149", [0xC8, 0xAB], "홍"), ("58", [0xCD, 0xF5], "王"),
        ("149", [0x1B, 0x24, 0x29, 0x43, 0xC8, 0xAB], "홍"), ("58", [0x1B, 0x24, 0x29, 0x41, 0xCD, 0xF5], "王"),
        ("87", [0x1B, 0x24, 0x42, 0x3B, 0x33, 0x1B, 0x28, 0x42], "山"), ("6", [0x41], "A"),
    ].map { number, bytes, text in
        Name(
            testDescription: "ISO 2022 IR \(number) alone, \(bytes.count) bytes",
            characterSet: "ISO 2022 IR \(number)",
            bytes: Array("Q^".utf8) + bytes,
            text: "Q^" + text
        )
    }

    /// A missing or wrong character set never fails a store (quirk 50).
    @Test("converts by the character set", arguments: names + alone) func convertsByTheCharacterSet(_ name: Name) throws
    {
        var builder = DataSetBuilder()
        if let characterSet = name.characterSet {
            builder.text(0x0008_0005, "CS", characterSet.count.isMultiple(of: 2) ? characterSet : characterSet + " ")
        }
        builder.element(0x0010_0010, "PN", name.bytes)
        let attributes = try scan(builder.bytes).attributes.attributes()
        #expect(attributes["PatientName"] == name.text)
        #expect(attributes.unexplained == (name.isExplained ? [] : ["PatientName"]))
    }

    /// What a value is, whatever stands around it.
    @Test(
        "padding is no part of a value (PS3.5 §6.2)",
        arguments: [
            (0x0010_0010, "PN", "NAME\0", "NAME"), (0x0010_0010, "PN", "Doe^Jane \0\0", "Doe^Jane"),
            (0x0010_0020, "LO", " 4711 \0", "4711"), (0x0020_0010, "SH", "  7\0", "7"),
            (0x0020_0011, "IS", " 12 ", "12"), (0x0008_0008, "CS", "ORIGINAL \\ PRIMARY\0", "ORIGINAL\\PRIMARY"),
            (0x0042_0010, "ST", "  a \\ b \0", "  a \\ b"), (0x0008_0020, "DA", "20240131\0\0", "20240131"),
            (0x0010_0010, "PN", "A\0B", "A\0B"), (0x0010_0010, "PN", "\0\0", nil), (0x0010_0020, "LO", "    ", nil),
        ] as [(UInt32, String, String, String?)]
    ) func padding(tag: UInt32, vr: String, value: String, text: String?) throws {
        var builder = DataSetBuilder()
        builder.element(tag, vr, Array(value.utf8) + (value.utf8.count.isMultiple(of: 2) ? [] : [0x20]))
        let keyword = try #require(WantedElement.all.first { $0.tag.rawValue == tag }).keyword
        #expect(try scan(builder.bytes).attributes.attributes()[keyword] == text)
    }

    /// Whatever peers write into the wanted elements, DCMTK reads what we make of it.
    @Test("never fails on any value", arguments: [UInt64(1), 2, 3, 4]) func neverFailsOnAnyValue(_ seed: UInt64) throws
    {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            var builder = DataSetBuilder(.implicitLittleEndian)
            for wanted in WantedElement.all where !wanted.tag.isIdentity {
                let count = Int.random(in: 0...40, using: &random)
                builder.element(
                    wanted.tag.rawValue,
                    "",
                    (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                )
            }
            let result = scan(builder.bytes, "1.2.840.10008.1.2")
            #expect(result.fault == nil)
            _ = try result.attributes.attributes()
        }
    }
}
