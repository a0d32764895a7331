import ArgumentParser

/// `dicom-bench hostile`: does one peer's behaviour reach another?
struct HostileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostile",
        abstract: "Measures a well-behaved client's latency alone, and beside hostile clients of mixed kinds."
    )

    @Argument(help: "The server's host name or address.") var host: String
    @Argument(help: "Its port.") var port: Int
    @Option(help: "Hostile clients.") var clients = 200
    @Option(help: "Seconds beside them (a third of it alone before).") var seconds = 60.0
    @Option(help: "Milliseconds that a hostile client rests between connections.") var rest = 100.0
    @Option(help: "Seconds that it stays on a connection that is left open.") var hold = 10.0
    @Option(help: "Fail if the median latency grows by more than this factor.") var limit = 2.0
    @Option(help: "Called AE title.") var calledAETitle = "ANY-SCP"
    @Option(parsing: .upToNextOption, help: "Only these kinds, to find which one hurts.") var kinds: [HostileKind] = []
    @Flag(help: "The well-behaved client speaks TLS; a hostile one of kind tls then stalls within its handshake.")
    var tls = false
    @Flag(help: "Write the result as JSON.") var json = false

    func run() throws {
        ignoreBrokenPipes()
        try allowDescriptors(clients + 64)
        var endpoint = try Endpoint(host: host, port: port)
        if tls { endpoint.tls = TLSSettings() }
        let result = try HostileRun(
            endpoint: endpoint,
            calledAETitle: calledAETitle,
            clients: clients,
            seconds: seconds,
            rest: rest,
            hold: hold,
            kinds: kinds.isEmpty ? HostileKind.allCases : kinds
        ).run()
        if json {
            print(try dicom_bench.json(result))
        } else {
            print("alone:  " + result.alone.summary(unit: "objects"))
            print("beside \(clients) hostile clients, \(result.hostileConnections) connections of theirs:")
            print("        " + result.beside.summary(unit: "objects"))
            print("median latency × \(fixed(result.ratio, 2)) (limit \(limit))")
        }
        if result.ratio > limit || result.alone.failures + result.beside.failures > 0 || result.beside.objects == 0 {
            throw ExitCode.failure
        }
    }
}

/// `dicom-bench storm`: does an association that came to nothing leave something behind?
struct StormCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storm",
        abstract: "Refused or aborted associations in great number, and the memory they leave."
    )

    @Argument(help: "The server's host name or address.") var host: String
    @Argument(help: "Its port.") var port: Int
    @Option(help: "refused or aborted (default: one after the other).") var kind: Storm.Kind?
    @Option(help: "Associations of each kind.") var count = 100_000
    @Option(help: "Clients in parallel.") var clients = 4
    @Option(help: "Fail if the memory grows by more than this factor after the first 1,000.") var limit = 1.1
    @Option(help: "Called AE title.") var calledAETitle = "ANY-SCP"
    @Option(help: "The server's process (default: who listens on the port).") var serverProcess: Int32?
    @Flag(help: "Write the result as JSON.") var json = false

    func run() throws {
        ignoreBrokenPipes()
        guard let server = serverProcess ?? Listener.process(port: port) else {
            throw BenchError.unusable("no process is seen to listen on port \(port): name it with --server-process")
        }
        let results = try (kind.map { [$0] } ?? Storm.Kind.allCases).map { kind in
            try Storm(
                endpoint: try Endpoint(host: host, port: port),
                calledAETitle: calledAETitle,
                kind: kind,
                count: count,
                server: server,
                clients: clients
            ).run()
        }
        if json { print(try dicom_bench.json(results)) }
        for result in results where !json {
            print(
                "\(result.count) \(result.kind.rawValue): resident KiB after the first 1,000: "
                    + "\(result.residentAtFirst >> 10), after all: \(result.residentAtAll >> 10), "
                    + "× \(fixed(result.growth, 3)) (limit \(limit))"
            )
            for (kind, count) in result.failures.sorted(by: { $0.key < $1.key }) { print("  \(count) × \(kind)") }
        }
        if results.contains(where: { $0.growth > limit || !$0.failures.isEmpty }) { throw ExitCode.failure }
    }
}

extension Storm.Kind: ExpressibleByArgument {}
extension HostileKind: ExpressibleByArgument {}
