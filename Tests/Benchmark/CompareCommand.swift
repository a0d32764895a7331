import ArgumentParser
import Foundation
import Glibc

/// `dicom-bench compare`: our node, the machine's limits and the peers that are installed, side by side.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Runs our node, the raw-socket limits and every installed peer on the same work.",
        discussion: """
            Each run has a fresh server, a warm-up, and a new folder; rounds are interleaved. Prints what must be \
            reached and marks what falls short. Run it on a machine that does nothing else.
            """
    )

    enum Extent: String, CaseIterable, ExpressibleByArgument { case quick, full, smoke, builds }

    @Option(help: "quick (about ten minutes), full (hours), smoke (seconds) or builds (this one and --before).")
    var extent = Extent.quick
    @Option(help: "Interleaved rounds.") var rounds = 5
    @Option(help: "No object of a run is begun after so many seconds.") var seconds = 2.0
    @Option(help: "The node's binary.") var node = ".build/release/dicom-node"
    @Option(help: "Another build of the node, to be measured beside it.") var before: String?
    @Option(help: "A folder for the servers' files, on the disk to be measured.") var work: String?
    @Option(parsing: .upToNextOption, help: "Only these servers.") var servers: [String] = []
    @Option(parsing: .upToNextOption, help: "Only these works: ct, small, large, jpeg, study, echo …") var works:
        [String] = []
    @Option(parsing: .upToNextOption, help: "Only these numbers of associations.") var associations: [Int] = []
    @Option(help: "MiB of memory to make resident first (0: none).") var warm = 8_192
    @Option(help: "Write all runs to this JSON file.") var record: String?
    @Option(parsing: .upToNextOption, help: "Run nothing: report the runs in these JSON files.") var from: [String] = []
    @Option(help: "Put the measured section into this page.") var page: String?
    @Option(help: "Write the chart to this SVG file.") var chart: String?
    @Flag(help: "Name the servers found, and end.") var list = false

    func run() throws {
        ignoreBrokenPipes()
        let bench = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let nodePath = access(node, X_OK) == 0 ? node : nil
        let found = Catalogue.all(node: nodePath, before: before, bench: bench)
        if list { return found.forEach { print(padded($0.name, 18, left: false) + $0.title) } }
        if nodePath == nil, from.isEmpty { print("\(node) is not there: measuring the limits and the peers only") }
        let results = from.isEmpty ? try measure(found) : try recorded()
        try publish(results)
        if results.runs.contains(where: { $0.error != nil && $0.kind != .peer }) { throw ExitCode.failure }
    }

    private func measure(_ servers: [ServerSetting]) throws -> Results {
        let plan = plan(servers)
            .only(servers: self.servers, works: works, associations: associations)
        guard !plan.entries.isEmpty else { throw ValidationError("nothing to run") }
        try allowDescriptors(8_192)
        let memory = warm > 0 ? WarmMemory(leaving: 4 << 30, limit: warm << 20) : nil
        let runner = try Runner(work: work ?? NSTemporaryDirectory() + "dicom-bench-work")
        var results = Results()
        for round in 1...rounds {
            for entry in plan.round(round) {
                let limit = entry.wanted.work == .memory ? 60 : seconds
                let run = runner.run(entry.server, entry.wanted, round: round, seconds: limit)
                results.runs.append(run)
                print(line(run))
                if let record { try write(Array(json(results).utf8), to: record) }
            }
        }
        results.conditions = Conditions.describe(rounds: rounds, runs: results.runs, warmed: memory?.bytes ?? 0)
        if let record { try write(Array(json(results).utf8), to: record) }
        return results
    }

    private func plan(_ servers: [ServerSetting]) -> Plan {
        switch extent {
        case .quick: .quick(servers)
        case .full: .full(servers)
        case .smoke: .smoke(servers)
        case .builds: .builds(servers)
        }
    }

    private func recorded() throws -> Results {
        var results = Results()
        for file in from {
            let more = try JSONDecoder().decode(Results.self, from: Data(contents(of: file)))
            if results.conditions.isEmpty { results.conditions = more.conditions }
            results.runs += more.runs
        }
        return results
    }

    private func publish(_ results: Results) throws {
        print("\n" + Report.requirements(results))
        let missed = Requirement.all(results).filter { $0.isMet == false }.count
        print("\n\(missed) rows fall short")
        var link: String?
        if let chart, let image = Chart.svg(results) {
            let folder = URL(fileURLWithPath: chart).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try write(Array(image.utf8), to: chart)
            link = "images/" + (chart.split(separator: "/").last.map(String.init) ?? chart)
        }
        if let page { try Report.insert(Report.markdown(results, chart: link), into: page) }
    }

    private func line(_ run: Run) -> String {
        let head =
            "\(run.round) \(padded(run.work.rawValue, 11, left: false)) \(padded("\(run.associations)", 4)) "
            + padded(run.server, 17, left: false)
        if let error = run.error { return head + " ERROR " + error }
        if let each = run.bytesPerAssociation { return head + " \(short(each / 1_024)) KiB each" }
        return head + padded(short(run.rate), 8) + "/s" + padded(short(run.megabytesPerSecond), 8) + " MB/s  p50 "
            + padded(fixed(run.latency.p50, 2), 7) + "  p99 " + padded(fixed(run.latency.p99, 2), 7) + "  CPU "
            + padded(fixed(run.processor.user, 2), 5) + " + " + padded(fixed(run.processor.system, 2), 5) + "  peak "
            + padded("\(run.peakBytes >> 20)", 4) + " MiB  others \(fixed(run.othersBusy, 2))"
            + (run.files.map { "  files \($0)" } ?? "")
            + (run.sampled > 0 ? "  same \(run.identical)/\(run.sampled)" : "")
    }
}
