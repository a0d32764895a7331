import Foundation
import Testing

@testable import dicom_bench

/// Seconds of the real thing, which assert only that it ran and nothing failed.
@Suite("Comparison, for seconds", .serialized)
struct SmokeTests {
    private static let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The release binary, which is what is measured; without it the limits and the peers are.
    private static var node: String? {
        let path = package.appendingPathComponent(".build/release/dicom-node").path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }

    private static var bench: String {
        get throws {
            // The test runner is either in the folder of products or is handed the path of the bundle there.
            let candidates =
                CommandLine.arguments.map { URL(fileURLWithPath: $0).deletingLastPathComponent() } + [products]
            let paths = candidates.map { $0.appendingPathComponent("dicom-bench").path }
            return try #require(paths.first { FileManager.default.isExecutableFile(atPath: $0) })
        }
    }

    @Test("every server of the smoke plan stores what it is sent")
    func smoke() throws {
        ignoreBrokenPipes()
        let folder = try TemporaryFolder()
        let plan = Plan.smoke(Catalogue.all(node: Self.node, bench: try Self.bench))
        #expect(plan.entries.contains { $0.server.kind == .limit })
        let runner = try Runner(work: folder.path, counts: [.ct: 4, .small: 20], settles: false)
        var results = Results()
        for entry in plan.round(1) {
            // Objects are counted, so that a slow machine only takes longer.
            let seconds = entry.wanted.work == .echo ? 0.1 : 60
            let run = runner.run(entry.server, entry.wanted, round: 1, seconds: seconds, scale: 0.005)
            #expect(run.error == nil, "\(run.title), \(run.work)")
            #expect(run.failures == 0)
            #expect(run.objects > 0)
            results.runs.append(run)
        }
        #expect(Report.markdown(results, chart: nil).contains("limit: TCP → file"))
    }

    @Test("hostile clients beside a well-behaved one, and a small storm", .enabled(if: node != nil))
    func hostile() throws {
        ignoreBrokenPipes()
        let folder = try TemporaryFolder()
        let server = try #require(Catalogue.all(node: Self.node, bench: "").first)
        let port = try freePort()
        let child = try ChildProcess(
            server.command(port, folder.path),
            environment: server.environment,
            log: folder.path + ".log"
        )
        defer { child.stop() }
        try child.waitForListener(port: port)
        let endpoint = try Endpoint(host: "127.0.0.1", port: port)
        let run = HostileRun(
            endpoint: endpoint,
            calledAETitle: "ANY-SCP",
            clients: 18,
            seconds: 1,
            rest: 10,
            hold: 0.5
        )
        let result = try run.run()
        #expect(result.alone.failures + result.beside.failures == 0)
        #expect(result.beside.objects > 0)
        for kind in Storm.Kind.allCases {
            let storm = Storm(endpoint: endpoint, calledAETitle: "ANY-SCP", kind: kind, count: 200, server: child.id)
            #expect(try storm.run().failures.isEmpty)
        }
        #expect(child.isRunning)
    }
}
