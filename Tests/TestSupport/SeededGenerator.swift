internal import Foundation

/// A random number generator whose seed is its whole state: SplitMix64.
///
/// A test draws everything from one of these, so that its seed, which Swift Testing prints as the argument of a failed
/// case, replays it.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A generator that always draws the same.
    package init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// The seeds of a property test: `0 ..< count`, or the one in the environment variable `TEST_SEED`.
    package static func seeds(_ count: UInt64) -> [UInt64] {
        if let seed = ProcessInfo.processInfo.environment["TEST_SEED"].flatMap({ UInt64($0) }) { return [seed] }
        return Array(0..<count)
    }
}

extension SeededGenerator {
    /// True once in `n` times.
    package mutating func oneIn(_ n: Int) -> Bool { Int.random(in: 0..<n, using: &self) == 0 }

    /// That many random bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }
}
