import NIOCore
import Nursery
import Testing

@Suite struct EchoServerTests {
    @Test("the first line names the port taken, and SIGTERM ends the server with exit 0")
    func lifecycle() throws {
        let server = try ServerProcess("echo-server")
        #expect(server.readyLine == "listening on 127.0.0.1:\(server.port)\n")
        #expect(server.port > 0)
        server.terminate()
        #expect(server.exitCode() == 0)
        #expect(try server.complaints() == "")
    }

    @Test("what is sent comes back, also after the client has ended its half")
    func halfClose() async throws {
        let server = try ServerProcess("echo-server")
        let text = String(repeating: "0123456789abcdef", count: 4_096)
        let echo = try await Client.run(to: server.port) { client in
            try await client.send(text)
            try await client.endOutput()
            return try await client.rest()
        }
        #expect(echo == text)
        server.terminate()
        #expect(server.exitCode() == 0)
    }

    @Test("a megabyte whose reader is late arrives whole: closing does not drop what is still to be written")
    func lateReader() async throws {
        let server = try ServerProcess("echo-server")
        let text = String(repeating: "0123456789abcdef", count: 65_536)
        let echo = try await Client.run(to: server.port, receiveBuffer: 4_096) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let sender = client.channel
                group.addTask {
                    try await sender.writeAndFlush(ByteBuffer(string: text))
                    try await sender.close(mode: .output)
                }
                let echo = try await client.rest()
                try await group.waitForAll()
                return echo
            }
        }
        #expect(echo == text)
        server.terminate()
        #expect(server.exitCode() == 0)
    }

    @Test("a thousand at once, each gets its own echo")
    func thousand() async throws {
        raiseDescriptorLimit()
        let server = try ServerProcess("echo-server")
        let port = server.port
        let everybodyIsHere = Barrier(1_000)
        try await withNursery { (clients: borrowing Nursery) in
            for number in 0..<1_000 {
                clients.startSoon {
                    try await Client.run(to: port) { client in
                        try await client.send("client \(number)\n")
                        #expect(try await client.line() == "client \(number)")
                        await everybodyIsHere.arrive()
                        try await client.endOutput()
                        #expect(try await client.rest() == "")
                    }
                }
            }
        }
        server.terminate()
        #expect(server.exitCode() == 0)
        #expect(try server.complaints() == "")
    }

    @Test("abrupt resets cost no other peer anything, and no descriptor")
    func resets() async throws {
        let server = try ServerProcess("echo-server")
        try await Client.run(to: server.port) { witness in
            try await witness.send("before\n")
            #expect(try await witness.line() == "before")
            let descriptors = try server.openDescriptors()
            for _ in 0..<100 {
                try await Client.run(to: server.port) { client in
                    try await client.send("unread\n")
                    try await client.reset()
                }
            }
            try await witness.send("after\n")
            #expect(try await witness.line() == "after")
            while try server.openDescriptors() > descriptors { await Task.yield() }
        }
        server.terminate()
        #expect(server.exitCode() == 0)
    }

    @Test("a stop in the middle: the connected get the end of input, the rest of their echo, and exit is 0")
    func stopInTheMiddle() async throws {
        let server = try ServerProcess("echo-server")
        let rest = try await Client.run(to: server.port) { client in
            try await client.send("one\n")
            #expect(try await client.line() == "one")
            server.terminate()
            return try await client.rest()
        }
        #expect(rest == "")
        #expect(server.exitCode() == 0)
        #expect(try server.complaints() == "")
    }

    @Test("a peer that does not read when the server stops is cut off after the drain, and exit is 0")
    func stopWithoutReader() async throws {
        let server = try ServerProcess("echo-server", "--drain", "0.1")
        try await Client.run(to: server.port, receiveBuffer: 4_096) { client in
            try await client.send("ready\n")
            #expect(try await client.line() == "ready")
            // More than fits into the sockets' buffers and the channel's; the echo is not read.
            client.channel.writeAndFlush(ByteBuffer(repeating: UInt8(ascii: "x"), count: 8 << 20), promise: nil)
            server.terminate()
            #expect(server.exitCode() == 0)
        }
    }

    @Test("an idle connection is closed")
    func idle() async throws {
        let server = try ServerProcess("echo-server", "--idle", "0.1")
        let rest = try await Client.run(to: server.port) { client in try await client.rest() }
        #expect(rest == "")
        server.terminate()
        #expect(server.exitCode() == 0)
        #expect(try server.complaints().contains("Idle"))
    }

    @Test("connections above the limit are closed, the others go on")
    func limit() async throws {
        let server = try ServerProcess("echo-server", "--connections", "1")
        try await Client.run(to: server.port) { first in
            try await first.send("one\n")
            #expect(try await first.line() == "one")
            let refused = try await Client.run(to: server.port) { second in try await second.rest() }
            #expect(refused == "")
            try await first.send("two\n")
            #expect(try await first.line() == "two")
        }
        server.terminate()
        #expect(server.exitCode() == 0)
        #expect(try server.complaints().contains("Refused"))
    }

    @Test("a port that is taken is a failure, not a hang")
    func portTaken() throws {
        let server = try ServerProcess("echo-server")
        #expect(throws: (any Error).self) { try ServerProcess("echo-server", "--port", "\(server.port)") }
        server.terminate()
        #expect(server.exitCode() == 0)
    }
}
