import DIMSE
import NIOCore
import TestSupport
import Testing

@Suite struct CommandSetTests {
    @Test("encoding sorts pads and counts the group") func encodingSortsPadsAndCountsTheGroup() {
        let set = CommandSet([
            .init(tag: .errorComment, value: Array("odd".utf8)),
            .init(tag: .affectedSOPClassUID, value: Array("1.2.3".utf8)),
            .init(tag: .commandGroupLength, value: [9, 9, 9, 9]),
        ])
        #expect(
            set.encoded().bytes
                == bytes(
                    """
                    0000 0000 04000000 1A000000      # group length: 14 + 12
                    0000 0200 06000000 312E322E3300  # UI, padded with NUL
                    0000 0209 04000000 6F646420      # LO, padded with a space
                    """
                )
        )
    }

    @Test(
        "group length and foreign elements are no elements",
        arguments: [
            ("no group length (quirk 26)", ""),
            ("wrong group length (row 26)", "0000 0000 04000000 FFFFFFFF"),
            ("group length without a value", "0000 0000 00000000"),
            ("two group lengths", "0000 0000 04000000 00000000 0000 0000 04000000 01000000"),
            ("an element of another group (row 44)", "0800 1800 02000000 3100"),
        ]
    )
    func groupLengthAndForeignElementsAreNoElements(name: String, prefix: String) throws {
        let set = try CommandSet(decoding: ByteBuffer(bytes: bytes(prefix + "0000 1001 02000000 0700")))
        #expect(set.elements == [.init(tag: .messageID, value: [7, 0])], "\(name)")
        #expect(set.unsignedShort(.messageID) == 7)
    }

    @Test("unknown elements are kept") func unknownElementsAreKept() throws {
        let set = try CommandSet(
            decoding: CommandBytes().with(.messageID, 7).with(.init(rawValue: 0x0000_5180), "x").buffer
        )
        #expect(set[.init(rawValue: 0x0000_5180)] == [0x78])
    }

    @Test("element past the end is an error", arguments: [UInt32(5), 0x7FFF_FFFF, 0xFFFF_FFFF])
    func elementPastTheEndIsAnError(length: UInt32) {
        let bytes = CommandBytes().with(.messageID, 7).with(.affectedSOPInstanceUID, [1, 2, 3, 4], length: length)
        #expect(throws: CommandSetError.overrun(.affectedSOPInstanceUID)) {
            try CommandSet(decoding: bytes.buffer)
        }
    }

    @Test("less than an element at the end is padding", arguments: 0..<8) func lessThanAnElementAtTheEndIsPadding(
        count: Int
    ) throws {
        let bytes = CommandBytes().with(.messageID, 7).followed(by: Array(repeating: 0, count: count))
        #expect(try CommandSet(decoding: bytes.buffer).elements.count == 1)
    }

    @Test("decoding undoes encoding", arguments: SeededGenerator.seeds(200)) func decodingUndoesEncoding(seed: UInt64)
        throws
    {
        var random = SeededGenerator(seed: seed)
        let tags = Set((0..<8).map { _ in UInt16.random(in: 1...UInt16.max, using: &random) }).sorted()
        let set = CommandSet(
            tags.map { tag in
                let count = 2 * Int.random(in: 0...20, using: &random)
                return .init(tag: .init(group: 0, element: tag), value: random.bytes(count))
            }
        )
        #expect(try CommandSet(decoding: set.encoded()) == set)
    }
}
