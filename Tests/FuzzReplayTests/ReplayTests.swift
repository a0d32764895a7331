import FuzzBodies
import FuzzSeeds
import TestSupport
import Testing

/// The bodies that the fuzzers run, over their seeds and over every input that ever broke one.
@Suite struct ReplayTests {
    @Test("seeds", arguments: FuzzTarget.allCases)
    func seeds(_ target: FuzzTarget) throws {
        let seeds = try target.seeds()
        #expect(Set(seeds.map(\.name)).count == seeds.count)
        #expect(seeds.count >= 8)
        for seed in seeds { run(target, seed.bytes, seed.name) }
    }

    /// Each seed with bytes changed, taken out and put in: a fuzzer of a few seconds, the same in every run.
    @Test("mutated seeds", arguments: FuzzTarget.allCases)
    func mutatedSeeds(_ target: FuzzTarget) throws {
        for seed in try target.seeds() {
            for number in 0..<UInt64(20) {
                var random = SeededGenerator(seed: number)
                var bytes = seed.bytes
                for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, &random) }
                run(target, bytes, "\(seed.name), mutation \(number)")
            }
        }
    }

    /// What a fuzzer found to reach something that nothing else does: Fixtures/corpus.
    @Test("corpus", arguments: FuzzTarget.allCases)
    func corpus(_ target: FuzzTarget) throws {
        let inputs = try target.corpus()
        #expect(inputs.count >= 100)
        for input in inputs { run(target, input.bytes, input.name) }
    }

    @Test("nothing") func nothing() {
        for target in FuzzTarget.allCases { run(target, [], "no bytes") }
    }

    /// Fixtures/regressions/<target>-<what>.bin
    @Test("regression", arguments: try Fixtures.names(in: "regressions", suffix: ".bin"))
    func regression(_ name: String) throws {
        let file = try #require(name.split(separator: "/").last)
        let target = try #require(FuzzTarget(rawValue: String(file.prefix { $0 != "-" })), "whose is \(name)?")
        run(target, try Fixtures.bytes(name), name)
    }

    private func run(_ target: FuzzTarget, _ bytes: [UInt8], _ name: String) {
        do {
            try bytes.withUnsafeBytes { try target.run($0) }
        } catch {
            Issue.record("\(target), \(name): \(error)")
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard let index = bytes.indices.randomElement(using: &random) else { return }
        let end = min(bytes.count, index + Int.random(in: 1...8, using: &random))
        switch Int.random(in: 0...4, using: &random) {
        case 0: bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case 1: bytes[index] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
        case 2: bytes.removeSubrange(index..<end)
        case 3: bytes.insert(contentsOf: Array(bytes[index..<end]), at: index)
        default: bytes.removeSubrange(index...)
        }
    }
}
