import Foundation
import Testing

@testable import dicom_bench

@Suite("Report")
struct ReportTests {
    private func run(
        _ server: String,
        _ kind: ServerSetting.Kind,
        _ work: Case.Work,
        _ associations: Int,
        rate: Int,
        round: Int = 1,
        error: String? = nil
    ) -> Run {
        Run(
            server: server,
            title: server,
            kind: kind,
            durability: .never,
            work: work,
            associations: associations,
            round: round,
            objects: rate,
            bytes: rate * 1_000,
            seconds: 1,
            error: error
        )
    }

    @Test("percentiles of known latencies")
    func percentiles() {
        var recorder = LatencyRecorder()
        var other = LatencyRecorder()
        for microseconds in 1...1_000 {
            if microseconds % 2 == 0 {
                recorder.record(UInt64(microseconds) * 1_000)
            } else {
                other.record(UInt64(microseconds) * 1_000)
            }
        }
        recorder.add(other)
        let summary = recorder.summary
        #expect(abs(summary.p50 - 0.5) < 0.002)
        #expect(abs(summary.p99 - 0.99) < 0.002)
        #expect(abs(summary.p999 - 0.999) < 0.002)
        #expect(summary.max == 1)
    }

    @Test("medians are over the rounds that gave a figure")
    func medians() {
        let results = Results(runs: [
            run("node-never", .node, .ct, 1, rate: 100), run("node-never", .node, .ct, 1, rate: 300, round: 2),
            run("node-never", .node, .ct, 1, rate: 200, round: 3),
            run("node-never", .node, .ct, 1, rate: 9_000, round: 4, error: "lost"),
        ])
        #expect(results.rate("node-never", .ct, 1) == 200)
        #expect(results.rate("node-never", .ct, 4) == nil)
    }

    @Test("a row is met, falls short, or was not measured")
    func requirements() throws {
        let results = Results(runs: [
            run("node-never", .node, .ct, 1, rate: 95), run("limit-file", .limit, .ct, 1, rate: 100),
            run("slow", .peer, .ct, 1, rate: 10), run("quick", .peer, .ct, 1, rate: 94),
        ])
        let rows = Requirement.all(results)
        let limit = try #require(rows.first { $0.against == "limit: TCP → file" })
        #expect(limit.isMet == true)
        #expect(limit.reached == 0.95)
        let peer = try #require(rows.first { $0.against == "best peer: quick" })
        #expect(peer.isMet == false)
        #expect(rows.filter { $0.work == "CT, sync: never, 4" }.allSatisfy { $0.isMet == nil })
        let text = Report.requirements(results)
        #expect(text.contains("**falls short**"))
        #expect(text.split(separator: "\n").count == rows.count + 2)
    }

    @Test("a peer that was run once is not the best beside one that was run in every round")
    func bestPeer() {
        var runs = (1...3).map { run("steady", .peer, .ct, 4, rate: 100, round: $0) }
        runs.append(run("once", .peer, .ct, 4, rate: 300))
        #expect(Results(runs: runs).bestPeer(.ct, 4)?.title == "steady")
        #expect(Results(runs: [runs[3]]).bestPeer(.ct, 4)?.title == "once")
    }

    @Test("TLS is compared with our own plain throughput, and with DCMTK over TLS")
    func tls() {
        let results = Results(
            runs: [
                run("node-tls", .node, .tls, 4, rate: 60), run("node-never", .node, .ct, 4, rate: 100),
                run("storescp-tls", .peer, .tls, 4, rate: 30),
            ]
        )
        let rows = Requirement.all(results).filter { $0.work.hasPrefix("TLS") }
        #expect(rows.map(\.ours) == ["60.0/s", "60.0/s"])
        #expect(rows.map(\.theirs) == ["100/s", "30.0/s"])
        #expect(rows.map(\.reached) == [0.6, 2])
    }

    @Test("the section goes between its markers, and again")
    func insert() throws {
        let folder = try TemporaryFolder()
        let page = folder.path + "/page.md"
        try write(Array("before\n\(Report.begin)\nold\n\(Report.end)\nafter\n".utf8), to: page)
        try Report.insert("first\n", into: page)
        try Report.insert("second\n", into: page)
        let text = try String(contentsOfFile: page, encoding: .utf8)
        #expect(text == "before\n\(Report.begin)\n\nsecond\n\n\(Report.end)\nafter\n")
        try write(Array("no markers".utf8), to: page)
        #expect(throws: BenchError.self) { try Report.insert("x", into: page) }
    }

    @Test("the chart has a line for each server")
    func chart() throws {
        let results = Results(
            runs: [1, 4, 16].flatMap { number in
                [
                    run("node-never", .node, .ct, number, rate: 1_000 * number),
                    run("limit-file", .limit, .ct, number, rate: 2_000 * number),
                ]
            }
        )
        let image = try #require(Chart.svg(results))
        #expect(image.components(separatedBy: "<polyline").count == 3)
        #expect(Chart.svg(Results()) == nil)
    }

    @Test("rounds begin with another server each")
    func rounds() {
        let servers = ["limit-file", "storescp-best"].map { name in
            ServerSetting(name: name, title: name, kind: .peer) { _, _ in [] }
        }
        let plan = Plan.quick(servers).only(servers: [], works: ["ct"], associations: [4])
        #expect(plan.round(1).map(\.server.name) == ["limit-file", "storescp-best"])
        #expect(plan.round(2).map(\.server.name) == ["storescp-best", "limit-file"])
    }
}
