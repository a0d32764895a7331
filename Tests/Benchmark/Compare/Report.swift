import Foundation

/// The measured section of docs/performance.md.
enum Report {
    static let begin = "<!-- measured: begin -->"
    static let end = "<!-- measured: end -->"

    /// The section as Markdown.
    static func markdown(_ results: Results, chart: String?) -> String {
        var parts = [results.conditions.map { "- " + $0 }.joined(separator: "\n")]
        parts.append("### What it must reach\n\n" + requirements(results))
        if let chart { parts.append("![Objects per second against associations](\(chart))") }
        for work in Case.Work.allCases where work.data != nil || work == .echo {
            if let table = table(results, work) { parts.append("### \(title(work))\n\n" + table) }
        }
        parts.append("### Files compared with what was sent\n\n" + contents(results))
        if let errors = errors(results) { parts.append("### Runs that gave no figure\n\n" + errors) }
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// The rows of the specification, a mark at each that falls short.
    static func requirements(_ results: Results) -> String {
        let rows = Requirement.all(results).map { row -> [String] in
            let bound = (row.isUpperLimit ? "≤ " : "≥ ") + short(row.target) + row.unit
            let mark =
                switch row.isMet {
                case .some(true): "met"
                case .some(false): "**falls short**"
                case .none: "not measured"
                }
            return [
                row.work, row.against, row.ours ?? "–", row.theirs ?? "–", bound,
                row.reached.map { fixed($0, $0 < 10 ? 2 : 1) } ?? "–", mark,
            ]
        }
        return markdownTable(
            ["work, associations", "against", "ours", "theirs", "at least / at most", "reached", ""],
            rows
        )
    }

    private static func table(_ results: Results, _ work: Case.Work) -> String? {
        let numbers = results.associations(work)
        let measured = results.servers().filter { server in
            numbers.contains { !results.good(server.name, work, $0).isEmpty }
        }
        guard !measured.isEmpty else { return nil }
        let perGigabyte = work != .echo
        let large = work == .large || work == .memory
        let header =
            ["server"] + numbers.map { "\($0): \(large ? "MB/s" : "per s")" }
            + [
                "p50 / p99 ms at \(numbers[numbers.count / 2])",
                "CPU user + system, \(perGigabyte ? "s per GB" : "µs each")", "peak MiB",
            ]
        let rows = measured.map { server -> [String] in
            let rates = numbers.map { number in
                results.median(server.name, work, number) { large ? $0.megabytesPerSecond : $0.rate }.map(short) ?? "–"
            }
            let middle = numbers[numbers.count / 2]
            let shown = results.good(server.name, work, middle).isEmpty ? numbers[0] : middle
            func value(_ pick: (Run) -> Double?) -> String {
                results.median(server.name, work, shown, of: pick).map(short) ?? "–"
            }
            func processor(_ pick: KeyPath<ProcessorTime, Double>) -> String {
                value { run in
                    let amount = perGigabyte ? Double(run.bytes) / 1e9 : Double(run.objects) / 1e6
                    return amount > 0 ? run.processor[keyPath: pick] / amount : nil
                }
            }
            return [server.title] + rates + [
                "\(value { $0.latency.p50 }) / \(value { $0.latency.p99 })",
                "\(processor(\.user)) + \(processor(\.system))", value { Double($0.peakBytes) / 1_048_576 },
            ]
        }
        return markdownTable(header, rows)
    }

    private static func contents(_ results: Results) -> String {
        let rows = results.servers().compactMap { server -> [String]? in
            let runs = results.runs.filter { $0.server == server.name && $0.files != nil && $0.objects > 0 }
            guard !runs.isEmpty else { return nil }
            let sampled = runs.map(\.sampled).reduce(0, +)
            return [
                server.title, "\(runs.compactMap(\.files).reduce(0, +)) of \(runs.map(\.objects).reduce(0, +))",
                sampled > 0 ? "\(runs.map(\.identical).reduce(0, +)) of \(sampled)" : "–",
            ]
        }
        return markdownTable(["server", "files found", "of a sample, data sets byte for byte as sent"], rows)
    }

    private static func errors(_ results: Results) -> String? {
        var counts: [String: Int] = [:]
        for run in results.runs {
            if let error = run.error {
                counts["\(run.title), \(run.work.rawValue), \(run.associations): \(error)", default: 0] += 1
            }
        }
        guard !counts.isEmpty else { return nil }
        return counts.sorted { $0.key < $1.key }.map { "- \($0.value) × \($0.key)" }.joined(separator: "\n")
    }

    private static func title(_ work: Case.Work) -> String {
        switch work {
        case .ct: "CT, 519 KiB"
        case .small: "Small objects, 14.5 KiB"
        case .large: "Objects of 512 MiB"
        case .jpeg: "JPEG, 200 KiB"
        case .study: "A study of 300 instances"
        case .echo: "Connect, associate, C-ECHO, release"
        case .idle: "Idle associations"
        case .tls: "CT over TLS (AES-GCM)"
        case .memory: "16 objects of 512 MiB at once"
        case .filled: "Small objects beside 100,000 others"
        case .emptySeries: "Small objects into a new series"
        case .series: "Small objects into a series of 20,000"
        }
    }

    private static func markdownTable(_ header: [String], _ rows: [[String]]) -> String {
        let lines = [header, header.enumerated().map { $0.offset == 0 ? "---" : "---:" }] + rows
        return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    /// Puts the section between the markers of a page.
    static func insert(_ section: String, into page: String) throws {
        let text = try String(contentsOfFile: page, encoding: .utf8)
        guard let first = text.range(of: begin), let last = text.range(of: end), first.upperBound <= last.lowerBound
        else {
            throw BenchError.unusable("\(page) lacks the lines \(begin) and \(end)")
        }
        let whole = text[..<first.upperBound] + "\n\n" + section + "\n" + text[last.lowerBound...]
        try whole.write(toFile: page, atomically: true, encoding: .utf8)
    }
}
