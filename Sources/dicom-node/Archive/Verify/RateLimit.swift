/// Bytes a second, for all threads together.
struct RateLimit {
    private let bytesPerSecond: Int
    /// Nanoseconds of the clock at which the next byte may be read.
    private var due: UInt64 = 0

    /// Nanoseconds of idling that are made up for.
    private static let credit: UInt64 = 100_000_000

    init(bytesPerSecond: Int) { self.bytesPerSecond = max(1, bytesPerSecond) }

    /// Nanoseconds to wait before these bytes are read; counts them.
    mutating func delay(_ count: Int, now: UInt64) -> UInt64 {
        let start = max(due, now > Self.credit ? now - Self.credit : 0)
        due = start + UInt64(Double(count) / Double(bytesPerSecond) * 1e9)
        return start > now ? start - now : 0
    }
}
