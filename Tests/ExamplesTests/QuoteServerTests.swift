import Nursery
import Testing

@Suite struct QuoteServerTests {
    @Test("says a quote and closes, each time the next one")
    func quotes() async throws {
        let server = try ServerProcess("quote-server")
        var quotes: [String] = []
        for _ in 0..<5 {
            quotes.append(try await Client.run(to: server.port) { client in try await client.rest() })
        }
        #expect(quotes.first == "An apple a day keeps the doctor away.\n")
        #expect(quotes.first == quotes.last)
        #expect(Set(quotes).count == 4)
        server.terminate()
        #expect(server.exitCode() == 0)
        #expect(try server.complaints() == "")
    }

    @Test("a client that talks instead of listening still gets its quote")
    func talker() async throws {
        let server = try ServerProcess("quote-server")
        let quote = try await Client.run(to: server.port) { client in
            try await client.send(String(repeating: "I know better. ", count: 10_000))
            return try await client.rest()
        }
        #expect(quote == "An apple a day keeps the doctor away.\n")
        server.terminate()
        #expect(server.exitCode() == 0)
    }

    @Test("a thousand at once")
    func thousand() async throws {
        raiseDescriptorLimit()
        let server = try ServerProcess("quote-server")
        let port = server.port
        try await withNursery { (clients: borrowing Nursery) in
            for _ in 0..<1_000 {
                clients.startSoon {
                    let quote = try await Client.run(to: port) { client in try await client.rest() }
                    #expect(quote.hasSuffix(".\n"))
                }
            }
        }
        server.terminate()
        #expect(server.exitCode() == 0)
    }

    @Test("resets do not disturb it, a stop in the middle ends it")
    func resetsAndStop() async throws {
        let server = try ServerProcess("quote-server")
        for _ in 0..<50 {
            try await Client.run(to: server.port) { client in try await client.reset() }
        }
        try await Client.run(to: server.port) { (client: inout Client) async throws in
            #expect(try await client.line() != nil)
            // Our half is open: the server waits for its end, and is told to stop.
            server.terminate()
            #expect(try await client.rest() == "")
        }
        #expect(server.exitCode() == 0)
    }
}
