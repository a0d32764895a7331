import Foundation
import TestSupport
import Testing

@Suite("Limits, and what is left after storms")
struct LimitTests {
    private static let localLimitExceeded = RawAnswer.rejected(result: 2, source: 3, reason: 2)

    @Test("an association above the limit is rejected for now; one that ends makes room")
    func associations() throws {
        try withNode(["--limits-associations", "3"]) { node in
            var held = try (0..<3).map { _ in try RawAssociation(port: node.port) }
            let fourth = try RawSocket(port: node.port)
            try fourth.send(RawRequest().encoded())
            #expect(fourth.answer() == Self.localLimitExceeded)
            #expect(fourth.answer() == .closed)
            for association in held {
                #expect(try association.echo() == 0)
            }
            try held.removeFirst().release()
            let next = try whenFree { try RawAssociation(port: node.port) }
            #expect(try next.echo() == 0)
        }
    }

    @Test("associations of one host above its limit are rejected for now")
    func perHost() throws {
        try withNode(["--limits-associations-per-host", "2"]) { node in
            let held = try (0..<2).map { _ in try RawAssociation(port: node.port) }
            let third = try RawSocket(port: node.port)
            try third.send(RawRequest().encoded())
            #expect(third.answer() == Self.localLimitExceeded)
            for association in held { try association.release() }
        }
    }

    @Test("an object above object_size gets a failure and leaves nothing; the association goes on (hostile 20)")
    func objectSize() throws {
        try withNode(["--limits-object-size", "100000"]) { node in
            let association = try RawAssociation(port: node.port)
            let large = RawDataSet.image(sopInstanceUID: "1.2.3", pixels: 200_000)
            let response = try association.store(large, sopInstanceUID: "1.2.3")
            #expect(isFailure(response.status))
            #expect(hasShortComment(response))
            #expect(try node.instances() == [])
            let small = RawDataSet.image(sopInstanceUID: "1.2.4", pixels: 50_000)
            #expect(try association.store(small, sopInstanceUID: "1.2.4").status == 0)
            try association.release()
        }
    }

    @Test("connections that have not associated have a limit of their own: 2,000 of them stop no peer (hostile 3)")
    func unassociated() throws {
        try withNode { node in
            let mute = try (0..<2000).map { _ in try RawSocket(port: node.port) }
            // Those above the limit are closed; a well-behaved peer gets in as soon as one of them is.
            let association = try whenFree { try RawAssociation(port: node.port) }
            #expect(try association.echo() == 0)
            try association.release()
            #expect(mute.count == 2000)
        }
    }

    @Test("connections that say nothing leave descriptors to those that store")
    func descriptorsForFiles() throws {
        try withNode([], prefix: ["prlimit", "--nofile=128:128"]) { node in
            let association = try RawAssociation(port: node.port)
            let mute = try (0..<110).map { _ in try RawSocket(port: node.port) }
            for number in 1...3 {
                let uid = "1.2.3.\(number)"
                let response = try association.store(RawDataSet.image(sopInstanceUID: uid), sopInstanceUID: uid)
                #expect(response.status == 0)
            }
            try association.release()
            #expect(mute.count == 110)
        }
    }

    @Test("out of file descriptors, the node goes on and recovers (hostile 39)")
    func descriptors() throws {
        try withNode([], prefix: ["prlimit", "--nofile=64:64"]) { node in
            var greedy: [RawSocket] = []
            for _ in 0..<200 {
                let socket = try RawSocket(port: node.port)
                try socket.send(RawRequest().encoded())
                greedy.append(socket)
            }
            greedy.removeAll()
            let association = try whenFree { try RawAssociation(port: node.port) }
            let uid = "1.2.3.9"
            // While the kernel's queue of dead connections is worked off, files too may find no descriptor: A700H, and
            // then success.
            var statuses: [Int?] = []
            while statuses.last != 0, statuses.count < 20_000 {
                let dataSet = RawDataSet.image(sopInstanceUID: uid)
                let response = try association.store(dataSet, sopInstanceUID: uid, messageID: statuses.count + 1)
                statuses.append(response.status)
            }
            #expect(statuses.last == 0)
            #expect(statuses.dropLast().allSatisfy { $0 == 0xA700 })
            try association.release()
        }
    }

    @Test("out of file descriptors, one line says so, and connections are accepted again when some come back")
    func oneLine() throws {
        try withNode(["--timeouts-artim", "3s"]) { node in
            let process = node.process.processIdentifier
            let held = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
            _ = try run("prlimit", ["--pid", "\(process)", "--nofile=\(held + 8):"])
            // More than there are descriptors for: the node has none until ARTIM closes the first.
            let mute = try (0..<24).map { _ in try RawSocket(port: node.port) }
            for socket in mute { #expect(socket.answer() == .closed) }
            // Files and folders that are opened for the first time need more than there are.
            _ = try run("prlimit", ["--pid", "\(process)", "--nofile=\(held + 100):"])
            try stillServes(node)
            let lines = node.process.errors.split(separator: "\n")
            let refused = lines.filter { $0.contains("no connections can be accepted") }
            #expect(refused.first?.contains("LimitNOFILE=") == true)
            #expect(refused.count <= mute.count, "a line for each time that they ran out, not for each attempt")
            #expect(lines.contains { $0.contains("connections are accepted again") })
        }
    }

    @Test("3,000 refused and 3,000 aborted associations leave memory and descriptors as they were (hostile 14)")
    func storms() throws {
        try withNode { node in
            let refused = RawRequest().with { $0.applicationContext = Array("1.2.3".utf8) }.encoded()
            func storm(_ count: Int) throws {
                for index in 0..<count {
                    if index % 2 == 0 {
                        let socket = try RawSocket(port: node.port)
                        try socket.send(refused)
                        #expect(socket.answer() == .rejected(result: 1, source: 1, reason: 2))
                    } else {
                        let association = try RawAssociation(port: node.port)
                        try association.socket.send(RawPDU.abort(source: 0, reason: 0).encoded())
                        #expect(association.socket.answer() == .closed)
                    }
                }
            }
            try storm(1000)
            // Not at the start, because the runtime opens some of its own when it first needs them. The least of
            // several looks, because the last sockets may still be on their way.
            // The archive keeps the directory open in which the proof that it still serves is filed.
            try stillServes(node)
            var descriptors = try node.openDescriptors()
            for _ in 0..<100 {
                try stillServes(node)
                descriptors = min(descriptors, try node.openDescriptors())
            }
            let memory = try node.memory("VmRSS")
            try storm(5000)
            let after = try node.memory("VmRSS")
            #expect(Double(after) < Double(memory) * 1.1, "\(memory) KiB, then \(after) KiB")
            // The last sockets may still be on their way; each association comes after the one before it was noticed.
            for _ in 0..<1000 where try node.openDescriptors() > descriptors { try stillServes(node) }
            #expect(try node.openDescriptors() <= descriptors)
        }
    }

    @Test("a peer's text does not end its field of a log line and begin another (hostile 43)")
    func forgedField() throws {
        try withNode { node in
            let request = RawRequest().with { $0.implementationVersionName = Array("a\\\" forged=1".utf8) }
            try RawAssociation(port: node.port, request).release()
            try node.stop()
            #expect(node.process.errors.contains(#"implementation="a\\\" forged=1""#))
        }
    }

    @Test("the log of hostile peers is printable, line by line")
    func log() throws {
        try withNode(["--log-level", "trace"]) { node in
            let evil = Array("\u{1B}]0;x\u{07}\n%n%s\r\0 ".utf8)
            let request = RawRequest().with {
                $0.callingAETitle = evil + [UInt8](repeating: 0x9B, count: 16 - evil.count)
                $0.implementationVersionName = Array("\u{1B}[2J\nforged line".utf8)
                $0.contexts[0].abstractSyntax = Array("1.2\n\u{1B}[31m".utf8)
            }
            let association = try RawAssociation(port: node.port, request)
            let command = RawCommand.store(sopInstanceUID: "1.2\n\u{1B}[31mforged line")
            try association.send(command, dataSet: RawDataSet.image(sopInstanceUID: "1.2.3"))
            #expect(isFailure(try association.receive().command.status))
            try association.release()
            try node.stop()
            let log = node.process.output + node.process.errors
            #expect(!log.isEmpty)
            for line in log.split(separator: "\n") {
                #expect(!line.hasPrefix("forged line"))
                #expect(
                    line.unicodeScalars.allSatisfy {
                        $0.value >= 0x20 && $0.value != 0x7F && !(0x80...0x9F).contains($0.value)
                    }
                )
            }
        }
    }
}
