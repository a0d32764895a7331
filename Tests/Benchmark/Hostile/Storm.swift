import Glibc

/// Associations that come to nothing, in great number, and what they leave in the server's memory.
struct Storm: Sendable {
    enum Kind: String, CaseIterable, Codable, Sendable {
        /// Rejected: the application context is unknown.
        case refused
        /// Accepted, and aborted by us.
        case aborted
    }

    var endpoint: Endpoint
    var calledAETitle: String
    var kind: Kind
    var count: Int
    var server: pid_t
    /// Clients at once.
    var clients = 4

    struct Result: Codable, Sendable {
        var kind: Kind
        var count: Int
        var failures: [String: Int]
        /// After the first thousand, and after all.
        var residentAtFirst: Int
        var residentAtAll: Int
        var growth: Double { Double(residentAtAll) / Double(max(1, residentAtFirst)) }
    }

    func run() throws -> Result {
        let first = min(1_000, count)
        var failures = try go(first)
        let residentAtFirst = try resident()
        failures.merge(try go(count - first), uniquingKeysWith: +)
        return Result(
            kind: kind,
            count: count,
            failures: failures,
            residentAtFirst: residentAtFirst,
            residentAtAll: try resident()
        )
    }

    private func resident() throws -> Int {
        pause(seconds: 1)
        return try ProcessTree(root: server).residentBytes()
    }

    private func go(_ count: Int) throws -> [String: Int] {
        let material = try HostileMaterial(calledAETitle: calledAETitle)
        let jobs = JobCounter(count: count, deadline: .max)
        let tallies = try onThreads(clients) { _ in
            let requestor = Requestor(endpoint, timeout: 10)
            var tally = Tally()
            while jobs.take() != nil {
                do {
                    try once(requestor, material)
                } catch {
                    tally.fail(error)
                    requestor.close()
                }
            }
            return tally
        }
        return tallies.reduce(into: [:]) { $0.merge($1.failures, uniquingKeysWith: +) }
    }

    private func once(_ requestor: Requestor, _ material: HostileMaterial) throws {
        switch kind {
        case .aborted:
            try requestor.open(material.proposal)
            try requestor.abort()
        case .refused:
            do {
                try requestor.open(material.unknownContext)
                throw BenchError.protocolFault("accepted, though the application context is unknown")
            } catch BenchError.rejected {
                requestor.close()
            }
        }
    }
}
