internal import Foundation
package import FuzzBodies
internal import TestSupport

/// What the fuzzers found worth keeping, `Fixtures/corpus`: one file for each target, in which each input follows its
/// length (four bytes, big endian).
extension FuzzTarget {
    /// The inputs of the target's file, in its order.
    package func corpus() throws -> [FuzzSeed] {
        var rest = try Fixtures.bytes("corpus/\(rawValue).bin")[...]
        var seeds: [FuzzSeed] = []
        while !rest.isEmpty {
            let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard count <= rest.count else { throw BrokenCorpus(target: self) }
            seeds.append(FuzzSeed("corpus-\(seeds.count)", steering: [], Array(rest.prefix(count))))
            rest = rest.dropFirst(count)
        }
        return seeds
    }

    /// Makes the target's file of the inputs in a folder, the shortest first.
    func pack(_ folder: URL) throws {
        let inputs = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .map { try Data(contentsOf: $0) }
            .sorted { $0.count == $1.count ? $0.lexicographicallyPrecedes($1) : $0.count < $1.count }
        var packed = Data()
        for input in inputs {
            withUnsafeBytes(of: UInt32(input.count).bigEndian) { packed.append(contentsOf: $0) }
            packed.append(input)
        }
        try packed.write(to: URL(filePath: Fixtures.path).appending(path: "corpus/\(rawValue).bin"))
    }
}

/// A file of `Fixtures/corpus` that ends within an input.
struct BrokenCorpus: Error {
    /// Whose it is.
    let target: FuzzTarget
}
