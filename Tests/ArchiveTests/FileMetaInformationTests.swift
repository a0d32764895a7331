import Archive
import Instances
import Testing

/// PS3.10 §7.1.
@Suite struct FileMetaInformationTests {
    let meta = Sample().meta

    @Test("encodes preamble prefix and group") func encodesPreamblePrefixAndGroup() {
        let bytes = meta.encoded()
        #expect(bytes.prefix(128).allSatisfy { $0 == 0 })
        #expect(Array(bytes[128..<132]) == Array("DICM".utf8))
        // (0002,0000) UL 4: the length of all that follows in the group.
        #expect(Array(bytes[132..<140]) == [0x02, 0, 0, 0, 0x55, 0x4C, 4, 0])
        let length = bytes[140..<144].reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(length == bytes.count - 144)
        // (0002,0001) OB 2: version 1.
        #expect(Array(bytes[144..<158]) == [0x02, 0, 1, 0, 0x4F, 0x42, 0, 0, 2, 0, 0, 0, 0, 1])
        #expect(bytes.count.isMultiple(of: 2))
    }

    @Test("parses what it encodes") func parsesWhatItEncodes() throws {
        let bytes = meta.encoded()
        let (parsed, offset) = try (bytes + [8, 0, 5, 0, 0x43, 0x53, 0, 0]).withUnsafeBytes {
            try FileMetaInformation.parse($0)
        }
        #expect(parsed == meta)
        #expect(offset == bytes.count)
    }

    /// (0002,0016) Source and (0002,0018) Receiving Application Entity Title.
    @Test("names both entities") func namesBothEntities() {
        let end = meta.encoded().suffix(28)
        let source: [UInt8] = [0x02, 0, 0x16, 0, 0x41, 0x45, 8, 0] + Array("SCANNER ".utf8)
        #expect(Array(end) == source + [0x02, 0, 0x18, 0, 0x41, 0x45, 4, 0] + Array("NODE".utf8))
    }

    @Test("a data set that begins with group 0002 begins behind the group length")
    func groupTwoInTheDataSet() throws {
        let head = meta.encoded()
        let dataSet: [UInt8] = [2, 0, 0x10, 0, 0x55, 0x49, 2, 0, 0x31, 0, 8, 0, 5, 0, 0x43, 0x53, 0, 0]
        let (parsed, offset) = try (head + dataSet).withUnsafeBytes { try FileMetaInformation.parse($0) }
        #expect(parsed == meta)
        #expect(offset == head.count)
    }

    @Test("a wrong group length is not believed", arguments: [0, 1, 3, 1 << 20])
    func wrongGroupLength(_ length: UInt32) throws {
        let head = meta.encoded()
        var wrong = head
        wrong.replaceSubrange(140..<144, with: (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
        let parsed = try (wrong + [8, 0, 5, 0, 0x43, 0x53, 0, 0]).withUnsafeBytes { try FileMetaInformation.parse($0) }
        #expect(parsed.meta == meta)
        #expect(parsed.dataSetOffset == head.count)
    }

    @Test("keeps control characters out") func keepsControlCharactersOut() throws {
        var meta = meta
        meta.sourceApplicationEntityTitle = "A\nB\\C\u{1B}[2J"
        let parsed = try meta.encoded().withUnsafeBytes { try FileMetaInformation.parse($0).meta }
        #expect(parsed.sourceApplicationEntityTitle == "A?B?C?[2J")
    }

    @Test("refuses every truncation") func refusesEveryTruncation() {
        let bytes = meta.encoded()
        var whole = 0
        for count in 0..<bytes.count {
            // Where it ends between two elements, it is whole as far as it can tell, once it names a transfer syntax.
            let parsed = try? bytes[..<count].withUnsafeBytes { try FileMetaInformation.parse($0) }
            if let parsed {
                whole += 1
                #expect(parsed.dataSetOffset <= count)
                #expect(parsed.meta.transferSyntaxUID == meta.transferSyntaxUID)
            }
        }
        #expect(whole <= 2 * 4)
    }

    @Test("refuses other files") func refusesOtherFiles() {
        #expect(throws: FileMetaInformation.ParsingError.noPrefix) {
            try [UInt8](repeating: 0x20, count: 500).withUnsafeBytes { _ = try FileMetaInformation.parse($0) }
        }
    }
}
