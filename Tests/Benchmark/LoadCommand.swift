import ArgumentParser
import Glibc

/// `dicom-bench load`: drives any Storage or Verification SCP.
struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Stores objects on a server, or verifies or idles, and reports rates and latencies.",
        discussion: """
            Objects are DICOM files, or one of the synthetic data sets (--data). Each is sent under a new SOP Instance \
            UID, so that it is a new object to the server however often it is repeated. The exit status is 1 if \
            anything failed.
            """
    )

    @Argument(help: "The server's host name or address.") var host: String
    @Argument(help: "Its port.") var port: Int
    @Argument(help: "Files and folders to send.") var paths: [String] = []

    @Option(help: "A synthetic data set to send in place of files: ct, small, large, jpeg or study.") var data:
        Workload?
    @Option(name: .shortAndLong, help: "Associations (or clients) in parallel.") var associations = 1
    @Option(name: .shortAndLong, help: "Objects to send in all (default: each once).") var objects: Int?
    @Option(name: .shortAndLong, help: "Begin no object after so many seconds.") var seconds: Double?
    @Option(help: "Objects on one association before it is released.") var perAssociation: Int?
    @Option(help: "Longest P-DATA-TF (default: what the server offers).") var pduLength: Int?
    @Option(help: "Milliseconds to wait before each request.") var think = 0.0
    @Option(help: "Propose an asynchronous operations window of so many requests.") var operations: Int?
    @Option(help: "Send so many requests ahead of their responses without asking.") var pipeline: Int?
    @Option(help: "Called AE title.") var calledAETitle = "ANY-SCP"
    @Option(help: "Number of this run, part of the new UIDs (default: of the time).") var runNumber: Int?
    @Flag(help: "Send the objects under their own SOP Instance UIDs.") var keepUIDs = false
    @Flag(help: "Speak TLS (AES-GCM); the server's certificate is not verified.") var tls = false
    @Option(help: "The generator's own certificate, PEM, for a server that asks for one.") var tlsCertificate: String?
    @Option(help: "The private key to it, PEM.") var tlsPrivateKey: String?
    @Option(help: "Seconds that the server may be silent.") var timeout = 60
    @Flag(help: "Connect, associate, C-ECHO, release, for --seconds (default 5).") var echo = false
    @Option(help: "Hold so many idle associations and report the server's memory.") var idle: Int?
    @Option(help: "Presentation contexts of each idle association.") var contexts = 8
    @Option(help: "The server's process, for --idle (default: who listens on the port).") var serverProcess: Int32?
    @Flag(help: "Write the result as JSON.") var json = false

    func validate() throws {
        guard echo || idle != nil || data != nil || !paths.isEmpty else {
            throw ValidationError("give files, --data, --echo or --idle")
        }
        guard !tls || idle == nil else { throw ValidationError("idle associations are weighed without TLS") }
        guard associations > 0, contexts > 0, contexts <= 28 else { throw ValidationError("a number is out of range") }
    }

    func run() throws {
        ignoreBrokenPipes()
        var endpoint = try Endpoint(host: host, port: port)
        if tls { endpoint.tls = TLSSettings(certificate: tlsCertificate, privateKey: tlsPrivateKey) }
        if let idle { return try hold(idle, endpoint) }
        if echo {
            let load = EchoLoad(
                endpoint: endpoint,
                calledAETitle: calledAETitle,
                clients: associations,
                seconds: seconds ?? 5
            )
            return try report(load.run(), unit: "associations")
        }
        let instances = try data.map { try $0.instances() } ?? readInstances(paths)
        let count = objects ?? (seconds == nil ? instances.count : .max)
        let load = StoreLoad(
            endpoint: endpoint,
            instances: instances,
            calledAETitle: calledAETitle,
            associations: associations,
            objects: count,
            seconds: seconds,
            objectsPerAssociation: perAssociation,
            pduLength: pduLength,
            thinkTime: think / 1e3,
            operations: operations,
            pipeline: pipeline,
            runNumber: keepUIDs ? nil : runNumber ?? time(nil),
            timeout: timeout
        )
        try report(load.run(), unit: "objects")
    }

    private func report(_ result: LoadResult, unit: String) throws {
        print(json ? try result.jsonText() : result.summary(unit: unit))
        if result.failures > 0 || result.objects == 0 { throw ExitCode.failure }
    }

    private func hold(_ count: Int, _ endpoint: Endpoint) throws {
        guard let process = serverProcess ?? Listener.process(port: port) else {
            throw BenchError.unusable("no process is seen to listen on port \(port): name it with --server-process")
        }
        let result = try IdleLoad(
            endpoint: endpoint,
            calledAETitle: calledAETitle,
            associations: count,
            contexts: contexts,
            server: process
        ).run()
        if json { return print(try dicom_bench.json(result)) }
        print(
            "\(count) idle associations of \(contexts) contexts: \(short(result.bytesPerAssociation / 1_024)) KiB each"
        )
        print(
            "resident MiB: before \(result.residentBefore >> 20), with a fifth \(result.residentAtFifth >> 20), "
                + "with all \(result.residentAtAll >> 20), after \(result.residentAfter >> 20)"
        )
    }
}
