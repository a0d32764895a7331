import Histogram

/// Latencies of one thread: from 1 µs to 10 minutes with three significant digits.
struct LatencyRecorder: Sendable {
    private var histogram = Histogram<UInt32>(
        lowestDiscernibleValue: 1_000,
        highestTrackableValue: 600_000_000_000,
        numberOfSignificantValueDigits: .three
    )
    private var largest: UInt64 = 0

    /// Adds one latency in nanoseconds.
    mutating func record(_ nanoseconds: UInt64) {
        histogram.record(min(nanoseconds, 600_000_000_000))
        largest = max(largest, nanoseconds)
    }

    /// Adds what another thread recorded.
    mutating func add(_ other: LatencyRecorder) {
        histogram.add(other.histogram)
        largest = max(largest, other.largest)
    }

    /// The percentiles that are reported.
    var summary: LatencySummary {
        guard histogram.totalCount > 0 else { return LatencySummary() }
        func milliseconds(_ percentile: Double) -> Double {
            Double(min(histogram.valueAtPercentile(percentile), largest)) / 1e6
        }
        return LatencySummary(
            p50: milliseconds(50),
            p99: milliseconds(99),
            p999: milliseconds(99.9),
            max: Double(largest) / 1e6
        )
    }
}

/// Latencies in milliseconds.
struct LatencySummary: Codable, Sendable, Equatable {
    var p50 = 0.0
    var p99 = 0.0
    var p999 = 0.0
    var max = 0.0
}
