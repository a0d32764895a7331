import Foundation
import TestSupport
import Testing

/// Promises 4 and 5: one peer cannot hurt another, and there is always an answer or a deadline.
@Suite("Slow, silent and greedy peers")
struct IsolationTests {
    @Test("300 connections that say nothing, or half a request, delay no other and end with ARTIM (hostile 1, 2)")
    func mute() throws {
        try withNode(["--timeouts-artim", "2s"]) { node in
            let mute = try (0..<300).map { index in
                let socket = try RawSocket(port: node.port)
                if index % 2 == 1 { try socket.send(Array(RawRequest().encoded()[..<50])) }
                return socket
            }
            try stillServes(node)
            // Sta2 + Evt18 → AA-2: closed, without a PDU.
            for socket in mute { #expect(socket.answer() == .closed) }
        }
    }

    @Test("a request that drips does not outlive ARTIM: the whole of it has one deadline (hostile 2)")
    func drip() throws {
        try withNode(["--timeouts-artim", "1s"]) { node in
            let socket = try RawSocket(port: node.port, seconds: 5)
            // The answer's arrival paces the drip: a read that times out would fail the test.
            let request = RawRequest().encoded()
            var sent = 0
            var end = RawAnswer.silence
            let echo = try RawAssociation(port: node.port)
            while end == .silence, sent < request.count - 1 {
                do { try socket.send([request[sent]]) } catch { break }
                sent += 1
                for _ in 0..<200 { _ = try echo.echo() }
                end = socket.hasInput ? socket.answer() : .silence
            }
            #expect(end != .silence, "\(sent) bytes were taken")
        }
    }

    @Test("a data set that stops is aborted after the stall time, and nothing of it is left")
    func stalledDataSet() throws {
        try withNode(["--timeouts-stall", "1s"]) { node in
            let association = try RawAssociation(port: node.port)
            let bytes = Fragmentation.usual.encoded(
                command: RawCommand.store(sopInstanceUID: "1.2.3").encoded(),
                dataSet: RawDataSet.image(sopInstanceUID: "1.2.3", pixels: 500_000),
                context: 3
            )
            try association.socket.send(Array(bytes[..<200_000]))
            try stillServes(node)
            guard case .aborted = association.socket.answer() else {
                Issue.record("no A-ABORT")
                return
            }
            #expect(association.socket.answer() == .closed)
            #expect(try node.instances() == ["1.2.3.4/1.2.3.4.5/1.2.3.9.dcm"])
        }
    }

    @Test("a peer that never reads its responses is let go, and others are not delayed (issue 3 rule 4)")
    func neverReads() throws {
        try withNode(["--timeouts-stall", "1s"]) { node in
            let association = try RawAssociation(port: node.port, receiveBuffer: 4096)
            let echoes = (0..<1000).flatMap { _ in
                Fragmentation.usual.encoded(command: RawCommand.echo().encoded(), dataSet: nil, context: 1)
            }
            // Until nothing more is taken; then the node closes, or a write fails after 30 s and with it the test.
            #expect(throws: RawSocket.End.self) {
                while true {
                    do {
                        try association.socket.send(echoes)
                    } catch RawSocket.End.silence {
                        throw ProcessError("still connected after 30 s without progress")
                    }
                }
            }
            try stillServes(node)
            let memory = try node.memory("VmRSS")
            #expect(memory < 48 << 10, "\(memory) KiB")
        }
    }

    @Test("an idle association is released by the node, in order (quirk 42)")
    func idle() throws {
        try withNode(["--timeouts-idle", "1s"]) { node in
            let association = try RawAssociation(port: node.port)
            #expect(association.socket.answer() == .releaseRequested)
            try association.socket.send(RawPDU.releaseRP.encoded())
            #expect(association.socket.answer() == .closed)
        }
    }

    @Test("an idle peer that does not answer the release is aborted")
    func idleAndSilent() throws {
        try withNode(["--timeouts-idle", "1s", "--timeouts-artim", "1s"]) { node in
            let association = try RawAssociation(port: node.port)
            #expect(association.socket.answer() == .releaseRequested)
            guard case .aborted = association.socket.answer() else {
                Issue.record("no A-ABORT")
                return
            }
            #expect(association.socket.answer() == .closed)
        }
    }

    @Test("data that crosses the node's release is not filed; the association is aborted (Sta7)")
    func dataInSta7() throws {
        try withNode(["--timeouts-idle", "1s"]) { node in
            let association = try RawAssociation(port: node.port)
            #expect(association.socket.answer() == .releaseRequested)
            let dataSet = RawDataSet.image(sopInstanceUID: "1.2.3")
            association.socket.sendWhatIsTaken(
                Fragmentation.usual.encoded(
                    command: RawCommand.store(sopInstanceUID: "1.2.3").encoded(),
                    dataSet: dataSet,
                    context: 3
                )
            )
            guard case .aborted = association.socket.answer() else {
                Issue.record("no A-ABORT")
                return
            }
            #expect(try node.instances() == [])
        }
    }

    @Test(
        "a PDU that cannot come while we release is answered by A-ABORT (Sta7; Sta10 after a collision)",
        arguments: [UInt8](1...3) + [8],
        [false, true]
    )
    func unexpectedWhileReleasing(type: UInt8, collides: Bool) throws {
        try withNode(["--timeouts-idle", "1s"]) { node in
            let association = try RawAssociation(port: node.port)
            #expect(association.socket.answer() == .releaseRequested)
            let collision = collides ? RawPDU.releaseRQ.encoded() : []
            let body = type == 3 ? [0, 1, 1, 1] : RawRequest().body
            try association.socket.send(collision + RawPDU(type: type, body: body).encoded())
            // PS3.8 Table 9-10, AA-8: an unrecognized PDU or an unexpected one.
            #expect(association.socket.answer() == .aborted(source: 2, reason: type == 8 ? 1 : 2))
            #expect(association.socket.answer() == .closed)
        }
    }

    @Test("a release collision goes through Sta10 and Sta12 (PS3.8 §7.2.2.7)")
    func releaseCollision() throws {
        try withNode(["--timeouts-idle", "1s"]) { node in
            let association = try RawAssociation(port: node.port)
            #expect(association.socket.answer() == .releaseRequested)
            // We had asked, too: the acceptor answers once it has our A-RELEASE-RP.
            try association.socket.send(RawPDU.releaseRQ.encoded())
            try association.socket.send(RawPDU.releaseRP.encoded())
            #expect(association.socket.answer() == .released)
            #expect(association.socket.answer() == .closed)
        }
    }

    @Test(
        "an end in the middle of a data set leaves nothing, and the slot is free again (hostile 28)",
        arguments: ["close", "reset", "abort", "release", "end of input"]
    )
    func endWithinDataSet(way: String) throws {
        try withNode(["--limits-associations", "1"]) { node in
            var association: RawAssociation? = try RawAssociation(port: node.port)
            let values = Fragmentation.usual.values(
                command: RawCommand.store(sopInstanceUID: "1.2.3").encoded(),
                dataSet: RawDataSet.image(sopInstanceUID: "1.2.3", pixels: 500_000),
                context: 3
            )
            // Some whole PDUs: what follows is read as a PDU of its own.
            try association?.socket.send(values[..<12].flatMap { RawPDU.data($0).encoded() })
            switch way {
            case "reset": association?.socket.resetOnClose()
            case "abort": try association?.socket.send(RawPDU.abort(source: 0, reason: 0).encoded())
            case "release": try association?.socket.send(RawPDU.releaseRQ.encoded())
            case "end of input": association?.socket.shutdownSending()
            default: break
            }
            if way == "abort" || way == "end of input" { #expect(association?.socket.answer() == .closed) }
            association = nil
            let next = try whenFree { try RawAssociation(port: node.port) }
            #expect(try next.echo() == 0)
            try next.release()
            #expect(try filesBelow(node.archive).filter { $0.hasSuffix(".dcm") } == [])
        }
    }

    @Test(
        "stored instances stay when the peer goes without a release (quirk 35)",
        arguments: ["close", "reset", "abort"]
    )
    func endAfterStore(way: String) throws {
        try withNode { node in
            var association: RawAssociation? = try RawAssociation(port: node.port)
            let dataSet = RawDataSet.image(sopInstanceUID: "1.2.3")
            let status = try association?.store(dataSet, sopInstanceUID: "1.2.3").status
            #expect(status == 0)
            if way == "reset" { association?.socket.resetOnClose() }
            if way == "abort" { try association?.socket.send(RawPDU.abort(source: 0, reason: 0).encoded()) }
            association = nil
            try stillServes(node)
            #expect(try node.archived("1.2.3").dataSet == dataSet)
        }
    }

    @Test("a release and a close in one go, one association after the other (quirk 36, 40)")
    func releaseAndClose() throws {
        try withNode(["--limits-associations", "1"]) { node in
            for _ in 0..<20 {
                let association = try whenFree { try RawAssociation(port: node.port) }
                try association.socket.send(RawPDU.releaseRQ.encoded())
            }
            let last = try whenFree { try RawAssociation(port: node.port) }
            try last.release()
        }
    }
}

/// Tries until a slot is free; a peer that has gone gives its slot back at once, but its going must be noticed first.
func whenFree<R>(_ attempt: () throws -> R) throws -> R {
    for _ in 0..<2000 {
        if let result = try? attempt() { return result }
    }
    return try attempt()
}
