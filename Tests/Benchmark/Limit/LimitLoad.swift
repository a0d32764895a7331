import Glibc

/// The sender to ``LimitServer``: the same objects, the same threads, no DICOM.
struct LimitLoad: Sendable {
    var endpoint: Endpoint
    var instances: [Instance]
    var connections = 1
    var objects: Int
    /// No object is begun after so many seconds; nil: no limit.
    var seconds: Double?

    func run() throws -> LoadResult {
        let jobs = JobCounter(count: objects, deadline: seconds.map { deadline(after: $0) } ?? .max)
        return try measured(threads: connections) { _ in
            var tally = Tally()
            do {
                let connection = try endpoint.connect()
                defer { close(connection) }
                tally.associations = 1
                while let job = jobs.take() {
                    let start = monotonicNanoseconds()
                    tally.bytes += try send(instances[job % instances.count].dataSet, connection)
                    tally.latency.record(monotonicNanoseconds() - start)
                    tally.objects += 1
                }
            } catch {
                tally.fail(error)
            }
            return tally
        }
    }

    private func send(_ bytes: [UInt8], _ connection: Int32) throws -> Int {
        var length = UInt64(bytes.count).littleEndian
        try bytes.withUnsafeBytes { object in
            try withUnsafeMutableBytes(of: &length) { header in
                try withUnsafeTemporaryAllocation(of: iovec.self, capacity: 2) { vectors in
                    vectors[0] = iovec(iov_base: header.baseAddress, iov_len: 8)
                    vectors[1] = iovec(
                        iov_base: UnsafeMutableRawPointer(mutating: object.baseAddress),
                        iov_len: object.count
                    )
                    if let base = vectors.baseAddress { try writeAll(connection, base, 2) }
                }
                if let answer = header.baseAddress { try readAll(connection, answer, 1) }
            }
        }
        return bytes.count
    }
}
