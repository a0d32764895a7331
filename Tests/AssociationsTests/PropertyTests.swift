import Associations
import NIOCore
import TestSupport
import Testing

/// Any byte string at all is decoded or refused; nothing traps, and how it was cut into reads does not matter.
@Suite struct PropertyTests {
    private func check(_ bytes: [UInt8], _ generator: inout SeededGenerator) {
        let whole = decode(bytes)
        #expect(dripFeed(bytes) == whole)
        for count in [1, 3, 10] {
            let cuts = generator.cuts(count, of: bytes.count)
            #expect(decode(bytes, cutAt: cuts) == whole, "cut at \(cuts)")
        }
        if whole.error == nil {
            // Without a fault, what is left is the begin of a PDU that is not whole yet.
            #expect(whole.isWithinPDU || whole.unread == 0)
            #expect(whole.unread <= PDUDecoder.Limits.test.associatePDU)
        }
        for pdu in whole.pdus {
            // What was decoded has an encoding, which means the same.
            guard let encoded = try? pdu.encoded() else { continue }
            #expect(decode(encoded).pdus == [pdu])
        }
    }

    @Test("random bytes", arguments: SeededGenerator.seeds(300))
    func randomBytes(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var bytes = generator.bytes(Int.random(in: 0...400, using: &generator))
        // Most strings begin with a type and a length that lead somewhere.
        if !generator.oneIn(4), bytes.count > 6 {
            bytes[0] = UInt8.random(in: 1...7, using: &generator)
            bytes.replaceSubrange(2...3, with: [0, 0])
            bytes[4] = UInt8.random(in: 0...1, using: &generator)
        }
        check(bytes, &generator)
    }

    @Test("mutated PDUs", arguments: SeededGenerator.seeds(500))
    func mutatedPDUs(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var bytes = try (0..<3).flatMap { _ in try generator.pdu().encoded() }
        for _ in 0..<Int.random(in: 1...4, using: &generator) { mutate(&bytes, &generator) }
        check(bytes, &generator)
    }

    @Test("mutated golden files", arguments: SeededGenerator.seeds(200))
    func mutatedGoldenFiles(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let file = try #require(try GoldenTests.files.get().randomElement(using: &generator))
        var bytes = try HexFile.bytes(file)
        for _ in 0..<Int.random(in: 1...3, using: &generator) { mutate(&bytes, &generator) }
        check(bytes, &generator)
    }

    private func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        guard let index = bytes.indices.randomElement(using: &generator) else { return }
        let end = min(bytes.count, index + Int.random(in: 1...8, using: &generator))
        switch Int.random(in: 0...5, using: &generator) {
        case 0: bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        case 1: bytes[index] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
        case 2: bytes.removeSubrange(index..<end)
        case 3: bytes.insert(contentsOf: Array(bytes[index..<end]), at: index)
        case 4: bytes.insert(contentsOf: generator.bytes(end - index), at: index)
        default: bytes.removeSubrange(index...)
        }
    }
}
