import TestSupport
import Testing

@testable import DataSets

/// Whatever the bytes are and wherever they are cut: the same result, and no trap.
@Suite struct AnyBytesTests {
    private static let syntaxes = [
        "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", "1.2.3",
    ]

    @Test("random bytes", arguments: SeededGenerator.seeds(40)) func randomBytes(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let bytes = random.bytes(Int.random(in: 0...300, using: &random))
            for syntax in Self.syntaxes {
                let result = expectSame(bytes, syntax, &random)
                // Nothing that random bytes are could be filed.
                #expect(result.fault != nil || result.identity.sopInstanceUID == nil)
            }
        }
    }

    /// Tags, VRs and lengths that make sense, in an order that does not.
    @Test("random elements", arguments: SeededGenerator.seeds(40)) func randomElements(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<30 {
            let encoding =
                [Encoding.implicitLittleEndian, .explicitLittleEndian, .explicitBigEndian]
                .randomElement(using: &random) ?? .explicitLittleEndian
            var builder = DataSetBuilder(encoding)
            for _ in 0..<Int.random(in: 1...40, using: &random) { Self.addElement(to: &builder, &random) }
            expectSame(builder.bytes, encoding.transferSyntaxUID, &random)
        }
    }

    /// Fixtures with bytes changed, taken out and put in.
    @Test("mutated fixtures", arguments: SeededGenerator.seeds(40)) func mutatedFixtures(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<15 {
            let made = try #require(FixturesTests.made.randomElement(using: &random))
            let instance = try FixturesTests.Instance(made.name)
            var bytes = instance.dataSet
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(0xFF, at: index)
                default: bytes.removeLast(min(bytes.count - 1, Int.random(in: 0...40, using: &random)))
                }
            }
            expectSame(bytes, instance.transferSyntaxUID, &random)
        }
    }

    private static func addElement(to builder: inout DataSetBuilder, _ random: inout SeededGenerator) {
        let tags: [UInt32] = [
            0x0008_0018, 0x0010_0010, 0x0020_000D, 0x0029_1010, 0x0040_A730, 0x7FE0_0010, 0xFFFE_E000, 0xFFFE_E000,
            0xFFFE_E00D, 0xFFFE_E0DD, 0xFFFC_FFFC, 0x0002_0010, 0,
        ]
        let vrs = ["UI", "SQ", "SQ", "UN", "OB", "UT", "??", "ZZ", "PN"]
        let tag = tags.randomElement(using: &random) ?? 0
        let vr = vrs.randomElement(using: &random) ?? "UN"
        switch Int.random(in: 0..<9, using: &random) {
        case 0: builder.open(tag, vr)
        case 4:
            var other = DataSetBuilder(
                builder.encoding == .implicitLittleEndian ? .explicitLittleEndian : .implicitLittleEndian
            )
            other.element(tag, vr, random.bytes(Int.random(in: 0...20, using: &random)))
            builder.raw(other.bytes)
        case 5:
            // A 16-bit length under any VR.
            let value = random.bytes(Int.random(in: 0...20, using: &random))
            builder.header(tag, "LO", length: UInt32(value.count))
            if builder.encoding != .implicitLittleEndian {
                builder.bytes.replaceSubrange(builder.bytes.count - 4..<builder.bytes.count - 2, with: vr.utf8)
            }
            builder.raw(value)
        case 6: builder.raw([UInt8](repeating: 0, count: Int.random(in: 0...20, using: &random)))
        case 7: builder.raw(Array(" \r\n\0    ".utf8.prefix(Int.random(in: 0...8, using: &random))))
        case 1: builder.header(tag, vr, length: UInt32.random(in: 0...100, using: &random))
        case 2: builder.header(tag, vr, length: UInt32.random(in: 0...UInt32.max, using: &random))
        default: builder.element(tag, vr, random.bytes(Int.random(in: 0...20, using: &random)))
        }
    }

    @discardableResult
    private func expectSame(
        _ bytes: [UInt8],
        _ transferSyntaxUID: String,
        _ random: inout SeededGenerator
    ) -> StructureScanner.Result {
        let whole = scan(bytes, transferSyntaxUID)
        let cuts = (0..<Int.random(in: 1...20, using: &random)).map { _ in
            Int.random(in: 0...bytes.count, using: &random)
        }
        #expect(dripped(bytes, transferSyntaxUID) == whole)
        #expect(scan(bytes, transferSyntaxUID, cuts: cuts.sorted()) == whole)
        #expect((whole.fault?.description.count ?? 0) <= 64)
        return whole
    }
}
