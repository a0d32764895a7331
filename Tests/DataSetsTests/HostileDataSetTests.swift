import Testing

@testable import DataSets

/// Data sets that are not stored (hostile 32 to 36; docs/testing.md): each ends in a fault, soon, and without a trap.
@Suite struct HostileDataSetTests {
    struct Hostile: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var kind: Fault.Kind
        var transferSyntaxUID = "1.2.840.10008.1.2.1"
        var bytes: [UInt8]

        init(
            _ name: String,
            _ kind: Fault.Kind,
            in encoding: Encoding = .explicitLittleEndian,
            _ make: (inout DataSetBuilder) -> Void
        ) {
            var builder = DataSetBuilder.minimal(encoding)
            make(&builder)
            testDescription = name
            self.kind = kind
            transferSyntaxUID = encoding.transferSyntaxUID
            bytes = builder.bytes
        }
    }

    static let nested = [
        Hostile("32: 200,000 nested sequences of undefined length", .tooDeep) { builder in
            for _ in 0..<200_000 {
                builder.open(0x0040_A730)
                builder.openItem()
            }
        },
        Hostile("32: the same in implicit VR", .tooDeep, in: .implicitLittleEndian) { builder in
            for _ in 0..<200_000 {
                builder.open(0x0040_A730)
                builder.openItem()
            }
        },
        Hostile("32: 200,000 nested sequences of defined length", .tooDeep) { builder in
            for level in 0..<200_000 {
                builder.header(0x0040_A730, "SQ", length: 0x7FFF_FFF0 - UInt32(level) * 20)
                builder.openItem()
            }
        },
        Hostile("32: 65 sequences, in a private one of defined length", .tooDeep) { builder in
            builder.header(0x0029_1010, "SQ", length: 0x0FFF_FFF0)
            for _ in 0..<64 {
                builder.openItem()
                builder.open(0x0040_A730)
            }
        },
        Hostile("32: 65 sequences of defined length in implicit VR", .tooDeep, in: .implicitLittleEndian) {
            $0.raw(DataSetBuilder.nested(65))
        },
        Hostile("32: 64 of them in one of VR UN", .tooDeep) { builder in
            var item = DataSetBuilder()
            item.item(DataSetBuilder.nested(64))
            builder.element(0x0040_A730, "UN", item.bytes)
        },
        Hostile("32: a value that may be a sequence, cut in its first bytes", .truncated, in: .implicitLittleEndian) {
            $0.header(0x0040_A730, "SQ", length: 100)
        },
        Hostile("32: a sequence that nothing closes, and an item with nothing in it", .truncated) { builder in
            builder.open(0x0040_A730)
            builder.openItem()
        },
    ]

    static let lengths = [
        Hostile("33: an element longer than the data set", .truncated) { builder in
            builder.header(0x0040_A160, "UT", length: 0x7FFF_FFFE)
        },
        Hostile("33: a length that would be negative", .truncated) { builder in
            builder.header(0x0040_A160, "OB", length: 0xFFFF_FFFE)
            builder.raw([1, 2, 3])
        },
        Hostile("33: an undefined length for a VR without items", .structure) { builder in
            builder.open(0x0040_A160, "UT")
        },
        Hostile("33: an undefined length for binary data that has no fragments", .structure) { builder in
            builder.open(0x0029_1010, "OB")
            builder.raw([UInt8](repeating: 7, count: 40))
        },
        Hostile("33: an element longer than its item", .beyondParent) { builder in
            var item = DataSetBuilder()
            item.header(0x0040_A160, "UT", length: 100)
            builder.open(0x0040_A730)
            builder.item(item.bytes)
            builder.closeSequence()
        },
        Hostile("33: an item longer than its sequence", .beyondParent) { builder in
            var sequence = DataSetBuilder()
            sequence.header(0xFFFE_E000, "", length: 9)
            builder.element(0x0040_A730, "SQ", sequence.bytes + [1, 2, 3, 4])
        },
        Hostile("33: a header longer than its item", .beyondParent) { builder in
            builder.open(0x0040_A730)
            builder.item([0x40, 0, 0x60, 0xA1, 0x55, 0x54])
            builder.closeSequence()
        },
        Hostile("33: a long header longer than its item", .beyondParent) { builder in
            builder.open(0x0040_A730)
            builder.item([0x40, 0, 0x60, 0xA1, 0x55, 0x54, 0, 0])
            builder.closeSequence()
        },
        Hostile("a fragment of undefined length", .structure) { builder in
            builder.open(0x7FE0_0010, "OB")
            builder.openItem()
        },
        Hostile("an element among the fragments", .structure) { builder in
            builder.open(0x7FE0_0010, "OB")
            builder.text(0x0008_0018, "UI", "2.25.9\0\0")
        },
        Hostile("an item outside of a sequence", .structure) { $0.item([]) },
        Hostile("an element among the items of a sequence of defined length", .structure) { builder in
            builder.element(0x0040_A730, "SQ", [0x10, 0, 0x10, 0, 0x50, 0x4E, 2, 0, 0x41, 0x42])
        },
    ]

    static let identities = [
        Hostile("24: a UID of 80 characters", .identity) { builder in
            builder.bytes = []
            builder.text(0x0008_0018, "UI", String(repeating: "1", count: 80))
        },
        Hostile("24: a UID longer than any attribute may be", .identity) { builder in
            builder.bytes = []
            builder.text(0x0008_0016, "UI", String(repeating: "1", count: 10_240))
        },
        Hostile("35: two SOP Instance UIDs", .identity) { $0.text(0x0008_0018, "UI", "2.25.99\0") },
    ]

    static let noDataSets = [
        Hostile("36: nothing", .empty) { $0.bytes = [] },
        Hostile("36: one byte", .truncated) { $0.bytes = [8] },
        Hostile("36: 0xFF", .truncated) { $0.bytes = [UInt8](repeating: 0xFF, count: 64) },
        Hostile("36: a web page", .truncated) { $0.bytes = Array("<!DOCTYPE html><html><body></body></html>".utf8) },
    ]

    @Test("is refused", arguments: nested + lengths + identities + noDataSets) func isRefused(_ hostile: Hostile) {
        let result = scan(hostile.bytes, hostile.transferSyntaxUID)
        #expect(result.fault?.kind == hostile.kind)
        #expect((result.fault?.description.count ?? 0) <= 64)
        #expect(result.fault?.description.utf8.allSatisfy { (0x20...0x7E).contains($0) } == true)
        for size in [1, 5, 4096] {
            let cuts = stride(from: 0, to: min(hostile.bytes.count, 20_000), by: size)
            #expect(scan(hostile.bytes, hostile.transferSyntaxUID, cuts: cuts) == result)
        }
    }

    /// 64 sequences are walked: the limit is where it says.
    @Test("sixty four nested sequences are not too many") func sixtyFourNestedSequencesAreNotTooMany() {
        var builder = DataSetBuilder.minimal()
        for _ in 0..<64 {
            builder.open(0x0040_A730)
            builder.openItem()
        }
        for _ in 0..<64 {
            builder.closeItem()
            builder.closeSequence()
        }
        #expect(scan(builder.bytes).fault == nil)
    }

    /// An unknown transfer syntax in which nothing can be walked is named in the answer.
    @Test("names the unknown transfer syntax") func namesTheUnknownTransferSyntax() {
        let result = scan(Array("<!DOCTYPE html><html></html>".utf8), "1.3.6.1.4.1.5962.300.9")
        #expect(result.fault?.kind == .unknownTransferSyntax)
        #expect(result.fault?.description == "Unknown transfer syntax 1.3.6.1.4.1.5962.300.9")
    }

    /// A truncated object is never stored: wherever it is cut, but between two elements or before the delimiters of the
    /// last sequence and its item, which cannot be seen, or within zeros and blanks, which may be padding.
    @Test(
        "every truncation is a fault",
        arguments: [Encoding.implicitLittleEndian, .explicitLittleEndian, .explicitBigEndian]
    )
    func everyTruncationIsAFault(_ encoding: Encoding) {
        var builder = DataSetBuilder(encoding)
        var boundaries: Set<Int> = []
        func add(_ make: (inout DataSetBuilder) -> Void) {
            make(&builder)
            boundaries.insert(builder.bytes.count)
        }
        add { $0.text(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.7\0") }
        add { $0.text(0x0008_0018, "UI", "2.25.1\0\0") }
        add { builder in
            builder.open(0x0008_1140)
            builder.item([])
            boundaries.insert(builder.bytes.count)
            builder.openItem()
            builder.text(0x0008_1150, "UI", "2.25.1\0\0")
            boundaries.insert(builder.bytes.count)
            builder.open(0x0040_A730)
            builder.item([])
            boundaries.insert(builder.bytes.count)
            builder.closeSequence()
            boundaries.insert(builder.bytes.count)
            builder.closeItem()
            boundaries.insert(builder.bytes.count)
            builder.closeSequence()
        }
        if encoding != .implicitLittleEndian {
            var item = DataSetBuilder(encoding)
            item.item([])
            add { $0.element(0x0008_1140, "SQ", item.bytes) }
        }
        add { $0.text(0x0010_0010, "PN", "Doe^Jane") }
        add { builder in
            builder.open(0x7FE0_0010, "OB")
            builder.item([])
            builder.item([1, 2, 3, 4])
            boundaries.insert(builder.bytes.count)
            builder.closeSequence()
        }
        for count in builder.bytes.indices {
            let result = scan(Array(builder.bytes[..<count]), encoding.transferSyntaxUID)
            let isBlank = count > 0 && RawHeader.isBlank(builder.bytes[count - 1])
            let isWhole = boundaries.contains(count) || isBlank && boundaries.contains(count - 1)
            #expect((result.fault == nil) == isWhole, "\(count) bytes")
        }
    }
}
