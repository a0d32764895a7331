import Glibc

/// The client's side of one run.
struct ServerLoad {
    let server: ServerSetting
    let endpoint: Endpoint
    let process: pid_t
    let instances: [Instance]
    let wanted: Case
    let seconds: Double
    let objects: Int
    let runNumber: Int

    /// A few objects under other UIDs, before the clock starts.
    func warmUp(with some: [Instance]) throws {
        switch wanted.work {
        case .idle, .emptySeries, .series: return
        case .echo:
            return try require(EchoLoad(endpoint: endpoint, clients: wanted.associations, seconds: 0.2).run())
        default:
            let count = min(server.objectsLimit / 10, some.count, 100)
            try require(store(some, count, associations: min(4, wanted.associations), runNumber: 1))
        }
    }

    /// What must be in the archive before the run.
    func fill(with some: [Instance]) throws {
        // The instances of one series only, so that all files are in one folder.
        let instances = wanted.work == .series ? Self.oneSeries(some) : some
        try require(store(instances, wanted.filling, associations: 4, runNumber: 1))
    }

    func measure() throws -> (LoadResult, IdleLoad.Result?) {
        switch wanted.work {
        case .echo:
            return (try EchoLoad(endpoint: endpoint, clients: wanted.associations, seconds: seconds).run(), nil)
        case .idle:
            let idle = try IdleLoad(
                endpoint: endpoint,
                associations: wanted.associations,
                contexts: 8,
                server: process
            ).run()
            return (LoadResult(objects: idle.associations), idle)
        case .emptySeries, .series:
            return (
                try store(
                    Self.oneSeries(instances),
                    objects,
                    associations: wanted.associations,
                    runNumber: runNumber,
                    seconds: seconds
                ), nil
            )
        default:
            return (
                try store(
                    instances,
                    objects,
                    associations: wanted.associations,
                    runNumber: runNumber,
                    seconds: seconds
                ), nil
            )
        }
    }

    private static func oneSeries(_ instances: [Instance]) -> [Instance] { Array(instances.prefix(1)) }

    private func store(
        _ instances: [Instance],
        _ count: Int,
        associations: Int,
        runNumber: Int,
        seconds: Double? = nil
    ) throws -> LoadResult {
        guard count > 0 else { return LoadResult(objects: 1) }
        if server.limitMode != nil {
            return try LimitLoad(
                endpoint: endpoint,
                instances: instances,
                connections: associations,
                objects: count,
                seconds: seconds
            ).run()
        }
        return try StoreLoad(
            endpoint: endpoint,
            instances: instances,
            associations: associations,
            objects: count,
            seconds: seconds,
            runNumber: runNumber
        ).run()
    }

    private func require(_ result: LoadResult) throws {
        if let kind = result.failureKinds.first { throw BenchError.unusable("warm-up: \(kind.key)") }
    }
}
