/// A row of "what it must reach", and what was reached.
struct Requirement: Sendable {
    let work: String
    let against: String
    let target: Double
    /// The figure must not be above the target; else it must not be below.
    var isUpperLimit = false
    /// Ours and theirs, as text with units; nil: not measured.
    var ours: String?
    var theirs: String?
    /// The ratio, or for an absolute row the figure itself.
    var reached: Double?
    /// Written after the figure of an absolute row.
    var unit = ""

    /// nil: not measured.
    var isMet: Bool? { reached.map { isUpperLimit ? $0 <= target : $0 >= target } }

    /// Every row, in the order of the specification.
    static func all(_ results: Results) -> [Requirement] {
        throughput(results) + builds(results) + [processor(results, .ct), processor(results, .small)] + echo(results)
            + latency(results) + memory(results) + tls(results) + scaling(results)
    }

    private static func throughput(_ results: Results) -> [Requirement] {
        var rows: [Requirement] = []
        func compare(
            _ node: String,
            _ work: Case.Work,
            _ label: String,
            _ other: String,
            _ title: String,
            _ targets: [(Int, Double)]
        ) {
            for (number, target) in targets {
                rows.append(
                    ratio(
                        "\(label), \(number)",
                        title,
                        target,
                        results.rate(node, work, number),
                        results.rate(other, work, number)
                    )
                )
            }
        }
        func best(_ work: Case.Work, _ label: String, _ targets: [(Int, Double)]) {
            for (number, target) in targets {
                let peer = results.bestPeer(work, number)
                rows.append(
                    ratio(
                        "\(label), \(number)",
                        peer.map { "best peer: \($0.title)" } ?? "best peer",
                        target,
                        results.rate("node-never", work, number),
                        peer?.rate
                    )
                )
            }
        }
        let synced = "limit: TCP → file + syncs shared by all"
        let file = "limit: TCP → file"
        compare("node-never", .ct, "CT, sync: never", "limit-file", file, [(1, 0.9), (4, 0.9), (16, 0.9)])
        best(.ct, "CT, sync: never", [(1, 1.05), (4, 1.05), (16, 1.05)])
        let shared = [(1, 0.9), (4, 0.9), (16, 0.9), (64, 0.9)]
        compare("node-always", .ct, "CT, sync: always", "limit-grouped", synced, shared)
        best(.small, "small, sync: never", [(1, 1), (4, 0.9), (16, 1)])
        compare("node-always", .small, "small, sync: always", "limit-grouped", synced, shared)
        compare("node-never", .large, "512 MiB, sync: never", "limit-file", file, [(1, 0.95)])
        return rows
    }

    /// Beside another build, where one was measured: what a change may cost.
    private static func builds(_ results: Results) -> [Requirement] {
        guard results.runs.contains(where: { $0.server.hasPrefix("before-") }) else { return [] }
        let wide = [1, 4, 16, 64]
        let cases: [(String, Case.Work, [Int], (Int) -> Double)] = [
            ("always", .ct, wide, { _ in 0.95 }), ("always", .small, wide, { $0 == 1 ? 0.85 : 0.95 }),
            ("never", .ct, wide, { $0 == 64 ? 0.95 : 0.9 }), ("never", .small, wide, { $0 == 64 ? 0.95 : 0.8 }),
            ("never", .large, [1, 4], { _ in 0.95 }), ("never", .echo, [1, 16], { _ in 0.9 }),
        ]
        return cases.flatMap { sync, work, numbers, target in
            numbers.map { number in
                ratio(
                    "\(work), sync: \(sync), \(number)",
                    "the build before",
                    target(number),
                    results.rate("node-\(sync)", work, number),
                    results.rate("before-\(sync)", work, number)
                )
            }
        }
    }

    /// The worst of the measured numbers of associations.
    private static func processor(_ results: Results, _ work: Case.Work) -> Requirement {
        let figures = [1, 4, 16].compactMap { number in
            results.median("node-never", work, number) {
                work == .ct ? $0.userPerGigabyte : $0.microsecondsUserPerObject
            }
        }
        let name = work == .ct ? "server user CPU, CT" : "server user CPU, small"
        return absolute(name, work == .ct ? 0.12 : 40, work == .ct ? "s per GB" : "µs per object", figures.max())
    }

    private static func echo(_ results: Results) -> [Requirement] {
        let peer = results.bestPeer(.echo, 16)
        return [
            ratio(
                "connect, associate, C-ECHO, release, 16",
                peer.map { "best peer: \($0.title)" } ?? "best peer",
                0.9,
                results.rate("node-never", .echo, 16),
                peer?.rate
            )
        ]
    }

    private static func latency(_ results: Results) -> [Requirement] {
        [("never", "limit-file"), ("always", "limit-grouped")].map { sync, limit in
            let ours = results.median("node-\(sync)", .ct, 16) { $0.latency.p99 }
            let theirs = results.median(limit, .ct, 16) { $0.latency.p99 }
            var row = ratio("p99 latency, CT, 16, sync: \(sync)", "the limit's p99", 1.5, ours, theirs, " ms")
            row.isUpperLimit = true
            return row
        }
    }

    private static func memory(_ results: Results) -> [Requirement] {
        let peak = results.median("node-never", .memory, 16) { Double($0.peakBytes) / 1_048_576 }
        let idle = results.median("node-never", .idle, 5_000) { $0.bytesPerAssociation.map { $0 / 1_024 } }
        return [
            absolute("peak memory, 16 × 512 MiB at once", 64, "MiB", peak),
            absolute("idle association, 5,000 of 8 contexts", 24, "KiB each", idle),
        ]
    }

    private static func tls(_ results: Results) -> [Requirement] {
        let own = results.rate("node-tls", .tls, 4)
        let plain = results.rate("node-never", .ct, 4)
        let peer = results.rate("storescp-tls", .tls, 4)
        return [
            ratio("TLS (AES-GCM), CT, 4", "our own plain throughput", 0.5, own, plain),
            ratio("TLS (AES-GCM), CT, 4", "storescp +tls", 1.5, own, peer),
        ]
    }

    private static func scaling(_ results: Results) -> [Requirement] {
        ["never", "always"].flatMap { sync in
            let node = "node-\(sync)"
            func own(_ title: String, _ against: String, _ high: (Case.Work, Int), _ low: (Case.Work, Int))
                -> Requirement
            {
                ratio(
                    "\(title), sync: \(sync)",
                    against,
                    0.9,
                    results.rate(node, high.0, high.1),
                    results.rate(node, low.0, low.1)
                )
            }
            // Without syncs 256 associations of CT images do not fit into the caches, for the raw program either.
            let wide = own("CT, 256", "our own 16 associations", (.ct, 256), (.ct, 16))
            return (sync == "always" ? [wide] : []) + [
                own("small, 256", "our own 16 associations", (.small, 256), (.small, 16)),
                own("small, 100,000 instances archived", "an empty archive", (.filled, 4), (.small, 4)),
                own("small, 20,000 in the series", "an empty series", (.series, 4), (.emptySeries, 4)),
            ]
        }
    }

    private static func ratio(
        _ work: String,
        _ against: String,
        _ target: Double,
        _ ours: Double?,
        _ theirs: Double?,
        _ unit: String = "/s"
    ) -> Requirement {
        var row = Requirement(work: work, against: against, target: target)
        row.ours = ours.map { short($0) + unit }
        row.theirs = theirs.map { short($0) + unit }
        if let ours, let theirs, theirs > 0 { row.reached = ours / theirs }
        return row
    }

    private static func absolute(_ work: String, _ target: Double, _ unit: String, _ figure: Double?) -> Requirement {
        var row = Requirement(work: work, against: "–", target: target, isUpperLimit: true)
        row.ours = figure.map { "\(short($0)) \(unit)" }
        row.reached = figure
        row.unit = " " + unit
        return row
    }
}
