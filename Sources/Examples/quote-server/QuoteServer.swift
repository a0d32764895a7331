import ArgumentParser
import NIOCore
import Nursery
import Serving

/// Sends one quote to each peer that connects, and closes (RFC 865).
@main
struct QuoteServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Says the quote of the day and closes. Try it with nc.")

    @OptionGroup var options: ServerOptions

    func run() async throws {
        try await withListener(options) { listener in
            try await withNursery { (server: borrowing Nursery) in
                server.startSoon { try await listener.stopOnSignal() }
                try await withNursery { (connections: borrowing Nursery) in
                    var day = 0
                    for try await connection in listener.arrivals {
                        let quote = quotes[day % quotes.count]
                        day += 1
                        connections.startSoon { await connection.serve { try await say(quote, to: $0) } }
                    }
                }
                server.cancel()  // All have left: there is nobody to wait for a signal for.
            }
        }
    }
}

/// Days are short here: each connection gets the next one.
private let quotes = [
    "An apple a day keeps the doctor away.",
    "A stitch in time saves nine.",
    "Many hands make light work.",
    "Look before you leap.",
]

@Sendable private func say(_ quote: String, to peer: Conversation) async throws {
    try await peer.send(line: quote)
    try await peer.finish()
    // RFC 865: what the peer sends is thrown away. But it is read: to close a connection with unread input resets it,
    // and the reset can overtake the quote. A peer that never closes is closed by the idle limit.
    for try await _ in peer.inbound {}
}
