/// A well-behaved client's latency without hostile clients and beside them.
struct HostileRun: Sendable {
    var endpoint: Endpoint
    var calledAETitle: String
    var clients: Int
    var seconds: Double
    /// Milliseconds that a hostile client rests between two connections.
    var rest = 100.0
    /// Seconds that it stays on a connection that the server leaves open.
    var hold = 10.0
    /// What they do; each client goes through all, beginning with another one.
    var kinds = HostileKind.allCases

    struct Result: Codable, Sendable {
        var alone: LoadResult
        var beside: LoadResult
        var hostileConnections: Int
        /// Median latency beside hostile clients, as a multiple of that without.
        var ratio: Double
    }

    func run() throws -> Result {
        let material = try HostileMaterial(calledAETitle: calledAETitle)
        let instances = try Workload.ct.instances(count: 20)
        let alone = try wellBehaved(instances, seconds: max(1, seconds / 3))
        let stop = StopFlag()
        let attacks = JobCounter(count: .max, deadline: .max)
        let outcome = try onThreads(clients + 1) { number -> LoadResult? in
            guard number > 0 else {
                defer { stop.raise() }
                pause(seconds: 0.5)
                return try? wellBehaved(instances, seconds: seconds)
            }
            var turn = number
            while !stop.isRaised {
                _ = attacks.take()
                // Whatever the server answers to an attack is right; what matters is the neighbour.
                try? kinds[turn % kinds.count].attack(endpoint, material, hold: hold, stop: stop)
                turn += 1
                pause(seconds: rest / 1e3)
            }
            return nil
        }
        guard let beside = outcome.first ?? nil else {
            throw BenchError.unusable("the well-behaved client did not run")
        }
        let median = alone.latencyMilliseconds.p50
        return Result(
            alone: alone,
            beside: beside,
            hostileConnections: attacks.take() ?? 0,
            ratio: median > 0 ? beside.latencyMilliseconds.p50 / median : 0
        )
    }

    /// Connect, associate, store a CT, release: `storescu` in a loop. The latency is that of the whole loop.
    private func wellBehaved(_ instances: [Instance], seconds: Double) throws -> LoadResult {
        let (proposal, contextIDs) = try Proposal.storage(instances, calledAETitle: calledAETitle)
        let end = deadline(after: seconds)
        let run = Int(monotonicNanoseconds() / 1_000_000) % 1_000_000
        return try measured(threads: 1) { _ in
            let requestor = Requestor(endpoint)
            var tally = Tally()
            var turn = 0
            while monotonicNanoseconds() < end {
                let object = turn % instances.count
                let number = InstanceNumber(run: run, object: object, repetition: turn / instances.count)
                turn += 1
                let start = monotonicNanoseconds()
                do {
                    try requestor.open(proposal)
                    let sent = try requestor.writer.sendStore(
                        instances[object],
                        as: number,
                        to: requestor.descriptor,
                        contextID: contextIDs[object],
                        pduLength: requestor.pduLength
                    )
                    let response = try requestor.nextResponse()
                    guard response.status == 0 else { throw BenchError.status(response.status) }
                    try requestor.release()
                    tally.latency.record(monotonicNanoseconds() - start)
                    tally.objects += 1
                    tally.bytes += sent.bytes
                    tally.associations += 1
                } catch {
                    tally.fail(error)
                    requestor.close()
                }
                pause(seconds: 0.005)
            }
            return tally
        }
    }
}
