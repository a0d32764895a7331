import Testing

@testable import DataSets

/// Data sets that were cut where a tolerance might take them for whole.
@Suite struct CutDataSetTests {
    struct Cut: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        var transferSyntaxUID = "1.2.840.10008.1.2.1"

        init(_ name: String, in encoding: Encoding = .explicitLittleEndian, _ make: (inout DataSetBuilder) -> Void) {
            var builder = DataSetBuilder.minimal(encoding)
            make(&builder)
            testDescription = name
            bytes = builder.bytes
            transferSyntaxUID = encoding.transferSyntaxUID
        }
    }

    static let cuts = [
        Cut("Pixel Data, the header alone") { $0.open(0x7FE0_0010, "OB") },
        Cut("the offset table alone") { builder in
            builder.open(0x7FE0_0010, "OB")
            builder.item([0, 0, 0, 0])
        },
        Cut("a sequence without an item") { $0.open(0x0040_A730) },
        Cut("within an item") { builder in
            builder.open(0x0040_A730)
            builder.openItem()
            builder.header(0x0008_0100, "SH", length: 2)
            builder.raw([0x41])
        },
        Cut("an unknown VR with nothing behind it") { $0.raw([0x72, 0, 0x82, 0, 0x5A, 0x5A, 0, 0]) },
        Cut("an element without VR, within its value") { $0.raw([0x72, 0, 0x82, 0, 8, 0, 0, 0, 0x41]) },
        Cut("Pixel Data with an unknown VR, within its value") { builder in
            builder.raw([0xE0, 0x7F, 0x10, 0, 0x6F, 0x78, 0, 0, 4, 0, 0, 0, 1, 2, 3])
        },
        Cut("the tag of the Study Instance UID") { $0.raw([0x20, 0, 0x0D, 0]) },
        Cut("an implicit header of blanks", in: .implicitLittleEndian) { $0.raw([0x20, 0, 0x0D, 0, 0x20, 0, 0, 0]) },
        Cut("private elements behind the Pixel Data", in: .implicitLittleEndian) { builder in
            builder.element(0x7FE0_0010, "OW", [1, 2, 3, 4])
            builder.text(0x7FE1_0010, "LO", "MAKERS")
            builder.header(0x7FE1_1001, "LO", length: 100)
        },
    ]

    @Test("is not stored", arguments: cuts) func isNotStored(_ cut: Cut) {
        let result = scan(cut.bytes, cut.transferSyntaxUID)
        #expect(result.fault?.kind == .truncated)
        expectSameHoweverCut(cut.bytes, cut.transferSyntaxUID)
    }
}
