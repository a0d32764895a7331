import ArgumentParser
import NIOCore
import Nursery
import Serving
import Synchronization

/// One room, in which everybody hears everybody else.
@main
struct ChatServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "One room for everybody. Try it with nc.")

    @OptionGroup var options: ServerOptions
    @Option(help: "Members in the room at once.") var members = 256
    @Option(help: "Bytes in a line.") var lineLength = 1_024

    func validate() throws {
        if members < 1 || members > 65_535 || lineLength < 1 { throw ValidationError("a limit is out of range") }
    }

    func run() async throws {
        let (room, lineLength) = (Room(limit: members), lineLength)
        try await withListener(options) { listener in
            try await withNursery { (server: borrowing Nursery) in
                server.startSoon { try await listener.stopOnSignal() }
                try await withNursery { (connections: borrowing Nursery) in
                    for try await connection in listener.arrivals {
                        connections.startSoon {
                            await connection.serve { try await attend(room, $0, lineLength: lineLength) }
                        }
                    }
                }
                server.cancel()  // All have left: there is nobody to wait for a signal for.
            }
        }
    }
}

/// One visit, from the question for the name to the farewell.
///
/// The protocol's states (no name yet, in the room, leaving) are the places in this text: no variable holds them.
private func attend(_ room: Room, _ peer: Conversation, lineLength: Int) async throws {
    try await withNursery { (visit: borrowing Nursery) in
        var lines = LineReader(peer.inbound, limit: lineLength)
        do {
            try await peer.send(line: "What's your name?")
            guard let member = try await introduce(peer, to: room, &lines) else { return }
            defer { room.leave(member) }
            // The writer is a child: who types hears the others meanwhile, and who does not read keeps nobody waiting.
            visit.startSoon {
                while let waiting = await member.mailbox.take() {
                    try await peer.send(line: waiting.joined(separator: "\n"))
                }
            }
            while let line = try await lines.next() {
                room.say("<\(member.name)> \(line)", from: member)
                await Task.yield()  // After each line of a flood, the others' writers have their turn.
            }
        } catch let farewell as Farewell {
            try await peer.send(line: farewell.words)
            try await peer.finish()
            try await lines.discardRest()
        }
    }
}

/// Asks until a name is free; nil if the peer leaves before.
private func introduce(_ peer: Conversation, to room: Room, _ lines: inout LineReader) async throws -> Member? {
    while let line = try await lines.next() {
        let name = String(line.prefix(32).trimmingPrefix { $0.isWhitespace })
        if !name.isEmpty, let member = try room.enter(name, peer) { return member }
        try await peer.send(line: name.isEmpty ? "Please choose a name." : "Name taken, please choose another.")
    }
    return nil
}

/// A peer in the room.
private struct Member: Sendable {
    let name: String
    let peer: Conversation
    let mailbox: Mailbox
}

/// Who is in the room.
private final class Room: Sendable {
    private let limit: Int
    private let members = Mutex([String: Member]())
    init(limit: Int) { self.limit = limit }

    /// Lets a peer in, and greets; nil if the name is taken.
    func enter(_ name: String, _ peer: Conversation) throws -> Member? {
        // Every member may say something before a writer has its turn: whose mailbox is fuller than that does not read.
        let member = Member(name: name, peer: peer, mailbox: Mailbox(limit: 64 + 2 * limit))
        _ = member.mailbox.put("Welcome, \(name)!")
        let isFree = try members.withLock { members in
            guard members[name] == nil else { return false }
            guard members.count < limit else { throw Farewell("The room is full.") }
            members[name] = member
            return true
        }
        guard isFree else { return nil }
        say("* \(name) is here", from: member)
        return member
    }

    /// Lets a member go; what still waits for them is written before their writer ends.
    func leave(_ member: Member) {
        members.withLock { _ = $0.removeValue(forKey: member.name) }
        member.mailbox.close()
        say("* \(member.name) has left", from: member)
    }

    /// Tells everybody else, and waits for nobody: whose mailbox is full is dropped.
    func say(_ line: String, from speaker: Member) {
        for member in members.withLock({ Array($0.values) }) where member.name != speaker.name {
            if !member.mailbox.put(line) { member.peer.drop() }
        }
    }
}
