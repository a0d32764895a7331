import DIMSE
import NIOCore
import TestSupport
import Testing

/// Any bytes whatever decode or throw: nothing traps, and what is answerable gets an answer that can be read.
@Suite struct HostileCommandTests {
    private static let goldens = GoldenCommandTests.cases.map { bytes($0.0) }

    private func decode(_ bytes: [UInt8]) throws {
        guard let command = try? Command(decoding: ByteBuffer(bytes: bytes)) else { return }
        _ = command.encoded()
        guard let refusal = command.refusal(errorComment: "no") else { return }
        let answer = try Command(decoding: refusal.encoded())
        #expect(answer.field == command.field.response)
        // A status can only go missing with the response that carries it.
        #expect(answer.refusal() == nil)
    }

    @Test("random bytes", arguments: SeededGenerator.seeds(100)) func randomBytes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 { try decode(random.bytes(Int.random(in: 0...200, using: &random))) }
    }

    @Test("mutated commands", arguments: SeededGenerator.seeds(100)) func mutatedCommands(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            var bytes = Self.goldens[Int.random(in: 0..<Self.goldens.count, using: &random)]
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[at] ^= 1 << UInt8.random(in: 0...7, using: &random)
                case 2: bytes.insert(contentsOf: random.bytes(3), at: at)
                default: bytes.removeSubrange(at..<min(bytes.count - 1, at + 5))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            try decode(bytes)
        }
    }

    /// Nothing but element headers, as many as fit (hostile 23).
    @Test("thousands of empty elements") func thousandsOfEmptyElements() throws {
        var bytes = CommandBytes.storeWithoutUIDs
        for element in 0..<8_000 as Range<UInt16> {
            bytes = bytes.with(CommandSet.Tag(group: 0, element: 0x6000 + element), [])
        }
        try decode(bytes.bytes)
    }
}
