/// Connect, associate, C-ECHO, release, again and again: the rate at which associations come and go.
struct EchoLoad: Sendable {
    var endpoint: Endpoint
    var calledAETitle = "ANY-SCP"
    /// Clients at once.
    var clients = 1
    var seconds: Double

    /// Failures in a row after which a client gives up.
    private static let patience = 100

    func run() throws -> LoadResult {
        let proposal = try Proposal.verification(calledAETitle: calledAETitle)
        let end = deadline(after: seconds)
        return try measured(threads: clients) { _ in
            let requestor = Requestor(endpoint)
            var tally = Tally()
            var failuresInRow = 0
            repeat {
                let start = monotonicNanoseconds()
                do {
                    try requestor.echo(proposal)
                    tally.latency.record(monotonicNanoseconds() - start)
                    tally.objects += 1
                    tally.associations += 1
                    failuresInRow = 0
                } catch {
                    tally.fail(error)
                    requestor.close()
                    failuresInRow += 1
                }
            } while monotonicNanoseconds() < end && failuresInRow < Self.patience
            return tally
        }
    }
}
