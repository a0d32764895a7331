import NIOCore
import Nursery
import Testing

@Suite struct ChatServerTests {
    @Test("names, a room, broadcast, leave")
    func conversation() async throws {
        let server = try ServerProcess("chat-server")
        try await Client.run(to: server.port) { anna in
            #expect(try await anna.join(as: "anna") == "Welcome, anna!")
            try await Client.run(to: server.port) { bert in
                #expect(try await bert.join(as: "anna") == "Name taken, please choose another.")
                try await bert.send("\n")
                #expect(try await bert.line() == "Please choose a name.")
                try await bert.send("bert\r\n")
                #expect(try await bert.line() == "Welcome, bert!")
                #expect(try await anna.line() == "* bert is here")
                try await bert.send("hello\nthere\n")
                #expect(try await anna.line() == "<bert> hello")
                #expect(try await anna.line() == "<bert> there")
                try await anna.send("hi bert\n")
                #expect(try await bert.line() == "<anna> hi bert")
                // Half-close: what was said before it is heard, and the farewell too.
                try await bert.send("bye")
                try await bert.endOutput()
                #expect(try await bert.rest() == "")
            }
            #expect(try await anna.line() == "<bert> bye")
            #expect(try await anna.line() == "* bert has left")
            try await Client.run(to: server.port) { (again: inout Client) async throws in
                #expect(try await again.join(as: "bert") == "Welcome, bert!")
                try await again.endOutput()
                #expect(try await again.rest() == "")
            }
            // Read to the end: closing with a line unread would reset the connection, of which the server rightly
            // complains.
            #expect(try await anna.line() == "* bert is here")
            #expect(try await anna.line() == "* bert has left")
            try await anna.endOutput()
            #expect(try await anna.rest() == "")
        }
        server.terminate()
        #expect(server.exitCode() == 0)
        #expect(try server.complaints() == "")
    }

    @Test("a reset is a leave like any other")
    func reset() async throws {
        let server = try ServerProcess("chat-server")
        try await Client.run(to: server.port) { anna in
            #expect(try await anna.join(as: "anna") == "Welcome, anna!")
            for _ in 0..<20 {
                try await Client.run(to: server.port) { bert in
                    #expect(try await bert.join(as: "bert") == "Welcome, bert!")
                    try await bert.reset()
                }
                #expect(try await anna.line() == "* bert is here")
                #expect(try await anna.line() == "* bert has left")
            }
        }
        server.terminate()
        #expect(server.exitCode() == 0)
    }

    @Test("control characters do not reach other terminals")
    func controlCharacters() async throws {
        let server = try ServerProcess("chat-server")
        try await Client.run(to: server.port) { anna in
            #expect(try await anna.join(as: "anna") == "Welcome, anna!")
            try await Client.run(to: server.port) { bert in
                #expect(try await bert.join(as: "b\u{1B}[31mert") == "Welcome, b[31mert!")
                try await bert.send("\u{1B}[2Jclear\u{7}\n")
                #expect(try await anna.line() == "* b[31mert is here")
                #expect(try await anna.line() == "<b[31mert> [2Jclear")
            }
        }
        server.terminate()
        #expect(server.exitCode() == 0)
    }

    @Test("a line over the limit is told, and ends the visit")
    func longLine() async throws {
        let server = try ServerProcess("chat-server", "--line-length", "100")
        try await Client.run(to: server.port) { anna in
            #expect(try await anna.join(as: "anna") == "Welcome, anna!")
            try await Client.run(to: server.port) { bert in
                #expect(try await bert.join(as: "bert") == "Welcome, bert!")
                try await bert.send(String(repeating: "x", count: 100) + "\n")
                try await bert.send(String(repeating: "y", count: 100_000))
                #expect(try await bert.line() == "The line is too long.")
                #expect(try await bert.rest() == "")
            }
            #expect(try await anna.line() == "* bert is here")
            #expect(try await anna.line() == "<bert> " + String(repeating: "x", count: 100))
            #expect(try await anna.line() == "* bert has left")
        }
        server.terminate()
        #expect(server.exitCode() == 0)
    }

    @Test("the room has a limit")
    func full() async throws {
        let server = try ServerProcess("chat-server", "--members", "1")
        try await Client.run(to: server.port) { anna in
            #expect(try await anna.join(as: "anna") == "Welcome, anna!")
            try await Client.run(to: server.port) { (bert: inout Client) async throws in
                #expect(try await bert.join(as: "bert") == "The room is full.")
                #expect(try await bert.rest() == "")
            }
        }
        server.terminate()
        #expect(server.exitCode() == 0)
    }

    @Test("a member who does not read is dropped, not waited for")
    func slowReader() async throws {
        let server = try ServerProcess("chat-server")
        try await Client.run(to: server.port) { anna in
            #expect(try await anna.join(as: "anna") == "Welcome, anna!")
            // Sleepy's channel reads nothing after the greeting: its stream of chunks fills up and stops.
            try await Client.run(to: server.port, receiveBuffer: 4_096) { sleepy in
                #expect(try await sleepy.join(as: "sleepy") == "Welcome, sleepy!")
                #expect(try await anna.line() == "* sleepy is here")
                try await sleepy.channel.setOption(.autoRead, value: false).get()
                try await Client.run(to: server.port) { bert in
                    #expect(try await bert.join(as: "bert") == "Welcome, bert!")
                    #expect(try await anna.line() == "* bert is here")
                    let flood = String(repeating: "x", count: 1_000)
                    var number = 0
                    var heard = ""
                    while heard != "* sleepy has left", number < 100_000 {
                        try await bert.send("\(number) \(flood)\n")
                        heard = try await anna.line() ?? ""
                        if heard.hasPrefix("<bert>") { #expect(heard == "<bert> \(number) \(flood)") }
                        number += 1
                    }
                    #expect(heard == "* sleepy has left")
                }
            }
        }
        server.terminate()
        #expect(server.exitCode() == 0)
    }

    @Test("a thousand members: what one says, all the others hear")
    func thousand() async throws {
        raiseDescriptorLimit()
        let count = 1_000
        let server = try ServerProcess("chat-server", "--members", "\(count)")
        let port = server.port
        let everybodyIsHere = Barrier(count)
        try await withNursery { (clients: borrowing Nursery) in
            for number in 0..<count {
                clients.startSoon {
                    try await Client.run(to: port) { client in
                        #expect(try await client.join(as: "member \(number)") == "Welcome, member \(number)!")
                        await everybodyIsHere.arrive()
                        if number == 0 { return try await client.send("hello all\n") }
                        while let line = try await client.line(), line != "<member 0> hello all" {}
                        try await client.endOutput()
                    }
                }
            }
        }
        server.terminate()
        #expect(server.exitCode() == 0)
    }

    @Test("a stop in the middle of a conversation")
    func stop() async throws {
        let server = try ServerProcess("chat-server")
        try await Client.run(to: server.port) { anna in
            #expect(try await anna.join(as: "anna") == "Welcome, anna!")
            try await Client.run(to: server.port) { (nameless: inout Client) async throws in
                #expect(try await nameless.line() == "What's your name?")
                server.terminate()
                #expect(try await nameless.rest() == "")
            }
            #expect(try await anna.rest() == "")
        }
        #expect(server.exitCode() == 0)
    }

    @Test("a visitor who never says a name is closed by the idle limit")
    func idle() async throws {
        let server = try ServerProcess("chat-server", "--idle", "0.1")
        let rest = try await Client.run(to: server.port) { client in try await client.rest() }
        #expect(rest == "What's your name?\n")
        server.terminate()
        #expect(server.exitCode() == 0)
    }
}
