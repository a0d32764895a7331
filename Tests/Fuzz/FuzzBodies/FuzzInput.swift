/// The bytes of one execution: a few that steer, then those under test.
///
/// The steering bytes come first and their number is fixed, so that the fuzzer's mutations of one part leave the other
/// as it was.
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
struct Cuts: Sequence, IteratorProtocol {
    private let count: Int
    private let longest: UInt64
    private var left: Int
    private var state: UInt64
    private var start = 0
    /// Where the first piece ends, if it is one that the fine ones follow.
    private var prelude: Int

    /// - Parameter pieces: How many there are at most. With a bound the steering byte also chooses which stretch is cut
    ///   finely; what is before and behind it comes in one piece each.
    init(of count: Int, steeredBy byte: Int, atMost pieces: Int = .max) {
        self.count = count
        longest = [1, 2, 3, 7, 16, 61, 256, 4096][byte & 7]
        state = UInt64(byte >> 3)
        left = pieces
        prelude = pieces == .max ? 0 : count * (byte >> 3) / 32
    }

    /// The next piece; all of them, in order, are everything.
    mutating func next() -> Range<Int>? {
        guard start < count else { return nil }
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var end = Swift.min(count, start + 1 + Int((state >> 33) % longest))
        if prelude > 0 { end = prelude }
        prelude = 0
        left -= 1
        if left == 0 { end = count }
        defer { start = end }
        return start..<end
    }
}
