/// The runs of a comparison, and medians over their rounds.
struct Results: Codable, Sendable {
    /// When, on what machine, with what versions: for the page.
    var conditions: [String] = []
    var runs: [Run] = []

    /// The runs of a cell that gave a figure.
    func good(_ server: String, _ work: Case.Work, _ associations: Int) -> [Run] {
        runs.filter {
            $0.server == server && $0.work == work && $0.associations == associations && $0.error == nil
        }
    }

    /// The median over the rounds; nil: not measured.
    func median(
        _ server: String,
        _ work: Case.Work,
        _ associations: Int,
        of value: (Run) -> Double?
    ) -> Double? {
        dicom_bench.median(good(server, work, associations).compactMap(value))
    }

    /// Median rate of a cell.
    func rate(_ server: String, _ work: Case.Work, _ associations: Int) -> Double? {
        median(server, work, associations) { $0.rate }
    }

    /// The peer with the highest median rate, whatever its settings; one that was run only now and then has no median
    /// to compare.
    func bestPeer(_ work: Case.Work, _ associations: Int) -> (title: String, rate: Double)? {
        let peers = servers(.peer)
        let most = peers.map { good($0.name, work, associations).count }.max() ?? 0
        return peers.filter { good($0.name, work, associations).count * 2 > most }.compactMap { server in
            rate(server.name, work, associations).map { (server.title, $0) }
        }.max { $0.1 < $1.1 }
    }

    /// Names and titles of the servers of a kind, in the order they were first run.
    func servers(_ kind: ServerSetting.Kind? = nil) -> [(name: String, title: String)] {
        var found: [(name: String, title: String)] = []
        for run in runs where (kind == nil || run.kind == kind) && !found.contains(where: { $0.name == run.server }) {
            found.append((run.server, run.title))
        }
        return found
    }

    /// The numbers of associations that a work was measured with.
    func associations(_ work: Case.Work) -> [Int] { Set(runs.filter { $0.work == work }.map(\.associations)).sorted() }
}
