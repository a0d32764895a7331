import ArgumentParser

/// What every example server can be told.
package struct ServerOptions: ParsableArguments, Sendable {
    @Option(help: "The address to listen on.")
    package var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one.")
    package var port = 0

    @Option(help: "Connections served at once; further ones are closed.")
    package var connections = 20_000

    @Option(help: "Seconds without a byte moving after which a connection is closed; 0 is never.")
    package var idle = 60.0

    @Option(help: "Seconds that connections have to finish after SIGTERM.")
    package var drain = 5.0

    package init() {}

    package mutating func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("the port is not in 0...65535") }
        guard connections > 0 else { throw ValidationError("at least one connection") }
        // A day bounds what is added to a clock.
        guard (0...86_400).contains(idle), (0...86_400).contains(drain) else {
            throw ValidationError("seconds are in 0...86400")
        }
    }
}
