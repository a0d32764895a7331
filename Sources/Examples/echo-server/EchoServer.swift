import ArgumentParser
import NIOCore
import Nursery
import Serving

/// Sends back what it is sent.
///
/// A peer that sends and does not read is not read from any more, since `send` waits; the idle limit closes it in the
/// end. A peer that ends its half of the connection gets the rest of its echo.
@main
struct EchoServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Sends back what it is sent. Try it with nc.")

    @OptionGroup var options: ServerOptions

    func run() async throws {
        try await withListener(options) { listener in
            try await withNursery { (server: borrowing Nursery) in
                server.startSoon { try await listener.stopOnSignal() }
                try await withNursery { (connections: borrowing Nursery) in
                    for try await connection in listener.arrivals {
                        connections.startSoon { await connection.serve(echo) }
                    }
                }
                server.cancel()  // All have left: there is nobody to wait for a signal for.
            }
        }
    }
}

@Sendable private func echo(_ peer: Conversation) async throws {
    for try await bytes in peer.inbound {
        try await peer.send(bytes)
    }
}
