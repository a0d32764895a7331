/// The bytes of one execution: a few that steer, then those under test.
///
/// The steering bytes come first and their number is fixed, so that the fuzzer's mutations of one part leave the other as it was.
struct FuzzInput {
    private var bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next steering byte; 0 when there is none.
    mutating func steer() -> Int {
        guard let first = bytes.first else { return 0 }
        bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        return Int(first)
    }

    /// What is left, for the code under test.
    var rest: UnsafeRawBufferPointer { bytes }
}

/// Where the reads end, derived from one steering byte: how long they are at most, and how the lengths go on.
struct Cuts: Sequence {
    private let count: Int
    private let longest: UInt64
    private let seed: UInt64

    init(of count: Int, steeredBy byte: Int) {
        self.count = count
        self.longest = [1, 2, 3, 7, 16, 61, 256, 4096][byte & 7]
        self.seed = UInt64(byte >> 3)
    }

    /// The pieces, in order; together they are everything.
    func makeIterator() -> AnyIterator<Range<Int>> {
        var (start, state) = (0, seed)
        return AnyIterator {
            guard start < count else { return nil }
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let end = Swift.min(count, start + 1 + Int((state >> 33) % longest))
            defer { start = end }
            return start..<end
        }
    }
}
