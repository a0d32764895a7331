/// What a run of a generator gave. Keys of the JSON are these names.
struct LoadResult: Codable, Sendable {
    /// Objects stored, or associations that were opened, verified and released.
    var objects = 0
    /// Bytes of data set.
    var bytes = 0
    var associations = 0
    var failures = 0
    /// How often each kind of failure was met.
    var failureKinds: [String: Int] = [:]
    /// From before the first connection to the end of the last.
    var seconds = 0.0
    var latencyMilliseconds = LatencySummary()
    /// The P-DATA-TF length that was used.
    var pduLength = 0
    /// TLS protocol and cipher; nil: the connections were plain.
    var cipher: String?
    /// What the generator itself used.
    var client = ProcessorTime(user: 0, system: 0)

    var objectsPerSecond: Double { seconds > 0 ? Double(objects) / seconds : 0 }
    /// In units of 1,000,000 bytes.
    var megabytesPerSecond: Double { seconds > 0 ? Double(bytes) / 1e6 / seconds : 0 }

    /// For a person.
    func summary(unit: String) -> String {
        var lines = [
            "\(objects) \(unit) in \(fixed(seconds, 3)) s over \(associations) associations: "
                + "\(short(objectsPerSecond)) \(unit)/s"
                + (bytes > 0 ? ", \(short(megabytesPerSecond)) MB/s in PDUs of \(pduLength)" : "")
                + (cipher.map { " over \($0)" } ?? ""),
            "latency ms: p50 \(fixed(latencyMilliseconds.p50, 3))  p99 \(fixed(latencyMilliseconds.p99, 3))  "
                + "p99.9 \(fixed(latencyMilliseconds.p999, 3))  max \(fixed(latencyMilliseconds.max, 3))",
            "failures: \(failures)",
        ]
        for (kind, count) in failureKinds.sorted(by: { $0.key < $1.key }) { lines.append("  \(count) × \(kind)") }
        return lines.joined(separator: "\n")
    }

    /// As JSON, the rates included.
    func jsonText() throws -> String {
        try json(
            WithRates(
                result: self,
                objectsPerSecond: objectsPerSecond,
                megabytesPerSecond: megabytesPerSecond
            )
        )
    }

    private struct WithRates: Encodable {
        let result: LoadResult
        let objectsPerSecond: Double
        let megabytesPerSecond: Double

        enum Key: String, CodingKey { case objectsPerSecond, megabytesPerSecond }

        func encode(to encoder: any Encoder) throws {
            try result.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(objectsPerSecond, forKey: .objectsPerSecond)
            try container.encode(megabytesPerSecond, forKey: .megabytesPerSecond)
        }
    }
}

/// What one thread of a generator has counted.
struct Tally: Sendable {
    var objects = 0
    var bytes = 0
    var associations = 0
    var pduLength = 0
    var cipher: String?
    var failures: [String: Int] = [:]
    var latency = LatencyRecorder()

    mutating func fail(_ error: any Error, count: Int = 1) {
        failures[String(describing: error), default: 0] += count
    }

    mutating func add(_ other: Tally) {
        objects += other.objects
        bytes += other.bytes
        associations += other.associations
        pduLength = max(pduLength, other.pduLength)
        cipher = cipher ?? other.cipher
        failures.merge(other.failures, uniquingKeysWith: +)
        latency.add(other.latency)
    }
}

/// Runs `body` on `threads` threads, times them and adds up their tallies.
func measured(threads: Int, _ body: @escaping @Sendable (Int) -> Tally) throws -> LoadResult {
    let before = ownProcessorTime()
    let start = monotonicNanoseconds()
    let tallies = try onThreads(threads, body)
    let seconds = Double(monotonicNanoseconds() - start) / 1e9
    var sum = Tally()
    for tally in tallies { sum.add(tally) }
    return LoadResult(
        objects: sum.objects,
        bytes: sum.bytes,
        associations: sum.associations,
        failures: sum.failures.values.reduce(0, +),
        failureKinds: sum.failures,
        seconds: seconds,
        latencyMilliseconds: sum.latency.summary,
        pduLength: sum.pduLength,
        cipher: sum.cipher,
        client: ownProcessorTime() - before
    )
}
