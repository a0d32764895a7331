import ArgumentParser
import Glibc

/// `dicom-bench limit`: what the machine gives when there is no DICOM in the way.
struct LimitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limit",
        abstract: "Measures the raw-socket limit: TCP to nothing, to files, to synced files.",
        subcommands: [Serve.self, Send.self]
    )

    struct Serve: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Receives objects on a loopback port.")
        @Option(help: "Port (0: any).") var port = 0
        @Option(help: "discard, file, fdatasync or directory.") var mode = LimitMode.file
        @Argument(help: "The folder for the files.") var folder: String

        func run() throws {
            ignoreBrokenPipes()
            let server = try LimitServer(mode: mode, folder: folder)
            let (listener, port) = try listen(port: port)
            try writeAll(STDOUT_FILENO, Array("listening on 127.0.0.1:\(port)\n".utf8))
            try server.serve(listener)
        }
    }

    struct Send: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Sends objects to `limit serve`.")
        @Argument(help: "The server's host name or address.") var host: String
        @Argument(help: "Its port.") var port: Int
        @Argument(help: "Files and folders to send.") var paths: [String] = []
        @Option(help: "A synthetic data set to send in place of files.") var data: Workload?
        @Option(name: .shortAndLong, help: "Connections in parallel.") var connections = 1
        @Option(name: .shortAndLong, help: "Objects to send in all (default: each once).") var objects: Int?
        @Option(name: .shortAndLong, help: "Begin no object after so many seconds.") var seconds: Double?
        @Flag(help: "Write the result as JSON.") var json = false

        func run() throws {
            ignoreBrokenPipes()
            let instances = try data.map { try $0.instances() } ?? readInstances(paths)
            let count = objects ?? (seconds == nil ? instances.count : .max)
            let result = try LimitLoad(
                endpoint: try Endpoint(host: host, port: port),
                instances: instances,
                connections: connections,
                objects: count,
                seconds: seconds
            ).run()
            print(json ? try result.jsonText() : result.summary(unit: "objects"))
            if result.failures > 0 { throw ExitCode.failure }
        }
    }
}
