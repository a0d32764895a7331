import Foundation
import Glibc

/// Runs one server on one case: start it fresh, warm it up, measure, check the files, stop it, delete them.
final class Runner {
    private let folders: FreshFolders
    private let logs: String
    private var data: [Workload: [Instance]] = [:]
    private let largeBytes: Int
    private let counts: [Workload: Int]
    private let settles: Bool

    /// - Parameters:
    ///   - work: the folder for the servers' files, on the disk to be measured.
    ///   - largeBytes, counts: smaller data sets, for a test.
    ///   - settles: all file systems are synced before and after a run; what else writes to them decides how long it
    ///     takes.
    init(work: String, largeBytes: Int = 512 << 20, counts: [Workload: Int] = [:], settles: Bool = true) throws {
        folders = try FreshFolders(below: work)
        logs = work + "/server.log"
        self.largeBytes = largeBytes
        self.counts = counts
        self.settles = settles
    }

    /// - Parameters:
    ///   - seconds: no object is begun after this time.
    ///   - scale: a fraction of the objects of the case.
    func run(_ server: ServerSetting, _ wanted: Case, round: Int, seconds: Double, scale: Double = 1) -> Run {
        var run = Run(
            server: server.name,
            title: server.title,
            kind: server.kind,
            durability: server.durability,
            work: wanted.work,
            associations: wanted.associations,
            round: round
        )
        do {
            let folder = try folders.make()
            defer { try? folders.remove(folder) }
            try measure(server, wanted, folder, seconds, scale, &run)
        } catch {
            run.error = String(describing: error)
        }
        if settles { sync() }
        return run
    }

    private func measure(
        _ server: ServerSetting,
        _ wanted: Case,
        _ folder: String,
        _ seconds: Double,
        _ scale: Double,
        _ run: inout Run
    ) throws {
        func load(_ port: Int, _ child: ChildProcess) throws -> ServerLoad {
            var endpoint = try Endpoint(host: "127.0.0.1", port: port)
            if wanted.work == .tls { endpoint.tls = TLSSettings() }
            return ServerLoad(
                server: server,
                endpoint: endpoint,
                process: child.id,
                instances: try wanted.work.data.map { try instances($0) } ?? [],
                wanted: wanted,
                seconds: seconds,
                objects: max(1, min(server.objectsLimit, Int(Double(wanted.objects) * scale))),
                runNumber: Int(monotonicNanoseconds() / 1_000_000) % 900_000 + 2
            )
        }
        if wanted.filling > 0 {
            let (port, child) = try start(server.fillCommand ?? server.command, server, folder)
            defer { child.stop() }
            try load(port, child).fill(with: try instances(.small))
        }
        let (port, child) = try start(server.command, server, folder)
        defer { child.stop() }
        let load = try load(port, child)
        try load.warmUp(with: try instances(wanted.work == .small ? .small : .ct))
        pause(seconds: 0.2)
        if settles { sync() }
        let warmUpFiles = server.limitMode == nil ? 0 : FileCheck(limitFolder: folder).files
        let sampler = MemorySampler(child.id)
        let machine = machineTime()
        let before = ProcessTree(root: child.id).processorTime()
        let start = monotonicNanoseconds()
        let result: LoadResult
        do {
            let idle: IdleLoad.Result?
            (result, idle) = try load.measure()
            run.bytesPerAssociation = idle?.bytesPerAssociation
        } catch {
            sampler.stop()
            throw error
        }
        let span = Double(monotonicNanoseconds() - start) / 1e9
        run.processor = ProcessTree(root: child.id).processorTime() - before
        let after = machineTime()
        run.peakBytes = sampler.stop()
        run.stolen = after.stolen - machine.stolen
        run.othersBusy = max(0, (after.busy - machine.busy - result.client.total - run.processor.total) / span)
        (run.objects, run.bytes, run.seconds) = (result.objects, result.bytes, result.seconds)
        (run.failures, run.latency) = (result.failures, result.latencyMilliseconds)
        if result.failures > 0 {
            run.error = result.failureKinds.map { "\($0.value) × \($0.key)" }.sorted().joined(separator: "; ")
        }
        check(load, folder, warmUpFiles, &run)
    }

    private func start(
        _ command: (Int, String) throws -> [String],
        _ server: ServerSetting,
        _ folder: String
    ) throws -> (port: Int, child: ChildProcess) {
        let port = try freePort()
        try? FileManager.default.removeItem(atPath: logs)
        let child = try ChildProcess(command(port, folder), environment: server.environment, log: logs)
        try child.waitForListener(port: port)
        return (port, child)
    }

    private func check(_ load: ServerLoad, _ folder: String, _ warmUpFiles: Int, _ run: inout Run) {
        guard load.wanted.work.data != nil, load.server.limitMode != .discard else { return }
        let check =
            load.server.limitMode == nil
            ? FileCheck(folder: folder, sent: load.instances, run: load.runNumber)
            : FileCheck(limitFolder: folder)
        let files = check.files - warmUpFiles
        (run.files, run.sampled, run.identical) = (files, check.sampled, check.identical)
        if files < run.objects { run.error = "\(run.objects) stored, but \(files) files" }
        // dcmtk without +B writes its own encoding of the data set; only our node promises the bytes.
        if load.server.kind == .node, check.identical < check.sampled {
            run.error = "\(check.sampled - check.identical) of \(check.sampled) files differ from what was sent"
        }
    }

    private func instances(_ workload: Workload) throws -> [Instance] {
        if let known = data[workload] { return known }
        let made = try workload.instances(count: counts[workload], largeBytes: largeBytes)
        data[workload] = made
        return made
    }
}

/// The peak memory of a server whose children may be gone before the end.
private final class MemorySampler {
    private let flag = StopFlag()
    private let root: pid_t
    private let peak: PeakValue

    init(_ root: pid_t) {
        self.root = root
        let peak = PeakValue()
        self.peak = peak
        let flag = self.flag
        try? JoinableThread {
            while !flag.isRaised {
                peak.raise(ProcessTree(root: root).peakBytes())
                pause(seconds: 0.25)
            }
        }.detach()
    }

    @discardableResult
    func stop() -> Int {
        flag.raise()
        peak.raise(ProcessTree(root: root).peakBytes())
        return peak.value
    }
}
