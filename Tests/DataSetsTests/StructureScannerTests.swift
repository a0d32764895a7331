import Testing

@testable import DataSets

private let encodings: [Encoding] = [.implicitLittleEndian, .explicitLittleEndian, .explicitBigEndian]

/// Well-formed data sets: what the scanner finds, wherever they are cut.
@Suite struct StructureScannerTests {
    @Test("finds the identity", arguments: encodings) func findsTheIdentity(_ encoding: Encoding) {
        let result = scan(DataSetBuilder.minimal(encoding).bytes, encoding.transferSyntaxUID)
        #expect(result.fault == nil)
        #expect(result.notes == [])
        #expect(result.identity.sopClassUID == "1.2.840.10008.5.1.4.1.1.7")
        #expect(result.identity.sopInstanceUID == "2.25.1")
        #expect(result.identity.studyInstanceUID == "2.25.2")
        #expect(result.identity.seriesInstanceUID == "2.25.3")
    }

    @Test("walks sequences of either length", arguments: encodings) func walksSequencesOfEitherLength(
        _ encoding: Encoding
    ) {
        var builder = DataSetBuilder.minimal(encoding)
        var inner = DataSetBuilder(encoding)
        inner.text(0x0008_0018, "UI", "2.25.9\0\0")
        builder.open(0x0040_A730)
        builder.openItem()
        builder.raw(inner.bytes)
        builder.open(0x0040_A730)
        builder.item(inner.bytes)
        builder.item([])
        builder.closeSequence()
        builder.closeItem()
        builder.openItem()
        builder.closeItem()
        builder.closeSequence()
        var sequence = DataSetBuilder(encoding)
        sequence.item(inner.bytes)
        sequence.item(inner.bytes)
        builder.element(0x0040_A731, "SQ", sequence.bytes)
        builder.text(0x0040_A732, "LO", "last")
        let result = scan(builder.bytes, encoding.transferSyntaxUID)
        #expect(result.fault == nil)
        #expect(result.notes == [])
        // An element inside an item is not the data set's own.
        #expect(result.identity.sopInstanceUID == "2.25.1")
        expectSameHoweverCut(builder.bytes, encoding.transferSyntaxUID)
    }

    @Test("walks encapsulated pixel data") func walksEncapsulatedPixelData() {
        var builder = DataSetBuilder.minimal()
        builder.open(0x7FE0_0010, "OB")
        builder.item([])
        builder.item([1, 2, 3, 4])
        builder.item([0xFE, 0xFF, 0x0D, 0xE0])
        builder.closeSequence()
        builder.text(0xFFFC_FFFC, "OB", "\0\0")
        let result = scan(builder.bytes, "1.2.840.10008.1.2.4.50")
        #expect(result.fault == nil)
        #expect(result.notes == [])
        expectSameHoweverCut(builder.bytes, "1.2.840.10008.1.2.4.50")
    }

    @Test("copies the wanted elements", arguments: encodings) func copiesTheWantedElements(_ encoding: Encoding) {
        var builder = DataSetBuilder(encoding)
        builder.text(0x0008_0005, "CS", "ISO_IR 192")
        builder.raw(DataSetBuilder.minimal(encoding).bytes)
        builder.text(0x0010_0020, "LO", String(repeating: "7", count: 5000))
        let result = scan(builder.bytes, encoding.transferSyntaxUID)
        let keywords = result.attributes.elements.map(\.wanted.keyword)
        #expect(
            keywords == [
                "SpecificCharacterSet", "SOPClassUID", "SOPInstanceUID", "PatientName", "StudyInstanceUID",
                "SeriesInstanceUID", "Rows",
            ]
        )
        #expect(result.notes == .oversizedAttribute)
        let name = result.attributes.elements.first { $0.wanted.keyword == "PatientName" }
        #expect(name?.value == Array("Doe^Jane".utf8))
        expectSameHoweverCut(builder.bytes, encoding.transferSyntaxUID, step: 97)
    }

    /// The list is a bit set of 64, searched by halving.
    @Test("wanted elements are in order and few enough") func wantedElementsAreInOrderAndFewEnough() {
        let tags = WantedElement.all.map(\.tag)
        #expect(tags == tags.sorted())
        #expect(Set(tags).count == tags.count)
        #expect(tags.count <= 128)
        #expect(tags.indices.allSatisfy { WantedElement.index(of: tags[$0]) == $0 })
        #expect(WantedElement.index(of: Tag(0x0010_0011)) == nil)
    }

    @Test("a copy goes on by itself") func aCopyGoesOnByItself() {
        let bytes = DataSetBuilder.minimal().bytes
        var scanner = StructureScanner(transferSyntaxUID: "1.2.840.10008.1.2.1", limits: .forTests)
        scanner.consume(bytes[..<60])
        var copy = scanner
        copy.consume(bytes[60...])
        #expect(copy.finish().fault == nil)
        #expect(scanner.finish().fault?.kind == .truncated)
    }
}

/// Cuts `bytes` everywhere, one byte at a time, and in equal pieces: always the same result.
func expectSameHoweverCut(_ bytes: [UInt8], _ transferSyntaxUID: String, step: Int = 1) {
    let whole = scan(bytes, transferSyntaxUID)
    for cut in stride(from: 0, through: bytes.count, by: step) {
        #expect(scan(bytes, transferSyntaxUID, cuts: [cut]) == whole, "cut at \(cut)")
    }
    for size in [1, 2, 3, 7, 11, 13] {
        #expect(
            scan(bytes, transferSyntaxUID, cuts: stride(from: 0, to: bytes.count, by: size)) == whole,
            "pieces of \(size)"
        )
    }
}
