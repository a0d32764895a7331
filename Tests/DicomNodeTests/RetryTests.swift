import Synchronization
import TestSupport
import Testing

@testable import dicom_node

/// Lets an acceptor's script stop the acceptor.
private final class Listening: Sendable {
    private let peer = Mutex<RawAcceptor?>(nil)

    func set(_ acceptor: RawAcceptor) { peer.withLock { $0 = acceptor } }

    func stop() { peer.withLock { $0.take() }?.stop() }
}

@Suite("Further attempts of send")
struct RetryTests {
    private let uids = (1...5).map { "1.2.3.\($0)" }

    @Test("after rejection (2,3,2) the association is asked for again, after a pause that doubles")
    func localLimit() async throws {
        let directory = try TemporaryDirectory()
        let paths = try directory.writeImages(uids)
        let peer = try RawAcceptor { number, association in
            guard number >= 2 else { return try association.reject(2, 3, 2) }
            try association.accept()
            try association.serve()
        }
        let sending = Sending(to: peer.port)
        async let failures = sending.send(paths)
        await sending.clock.sleepers(atLeast: 1)
        sending.clock.advance(by: .seconds(1))
        await sending.clock.sleepers(atLeast: 1)
        sending.clock.advance(by: .seconds(1))
        #expect(sending.clock.sleeperCount == 1, "the second pause is of two seconds")
        sending.clock.advance(by: .seconds(1))
        #expect(try await failures == 0, "\(sending.output)")
        #expect(peer.stored == uids)
    }

    @Test("when the attempts are used up, one line says why, and for how many files")
    func usedUp() async throws {
        let directory = try TemporaryDirectory()
        let paths = try directory.writeImages(uids)
        let peer = try RawAcceptor { _, association in try association.reject(2, 3, 2) }
        let sending = Sending(to: peer.port)
        async let failures = sending.send(paths, ["--retries", "1"])
        await sending.clock.sleepers(atLeast: 1)
        sending.clock.advance(by: .seconds(1))
        #expect(try await failures == uids.count)
        #expect(sending.output.split(separator: "\n").count == 2, "\(sending.output)")
        #expect(sending.output.contains("5 files not sent: association rejected by 127.0.0.1:\(peer.port)"))
        #expect(sending.output.contains("(2,3,2)"))
    }

    @Test("a permanent rejection is not asked about again")
    func permanent() async throws {
        let directory = try TemporaryDirectory()
        let paths = try directory.writeImages(uids)
        let peer = try RawAcceptor { _, association in try association.reject(1, 1, 7) }
        let sending = Sending(to: peer.port)
        #expect(try await sending.send(paths) == uids.count)
        #expect(sending.output.contains("give its title with --called-ae-title"), "\(sending.output)")
        #expect(sending.output.contains("a node of this program is called DICOMNODE"), "\(sending.output)")
    }

    @Test("a peer that asks for release after each instance gets all of them, each once")
    func releasingPeer() async throws {
        let directory = try TemporaryDirectory()
        let paths = try directory.writeImages(uids)
        let peer = try RawAcceptor { _, association in
            try association.accept()
            guard let message = try association.message() else { return try association.release() }
            try association.respond(to: message)
            try association.socket.send(RawPDU.releaseRQ.encoded())
            // Until the requestor has closed: it may have begun the next instance, which is not answered any more.
            while (try? association.socket.receive(limit: 65_536)) != nil {}
        }
        let sending = Sending(to: peer.port)
        #expect(try await sending.send(paths) == 0, "\(sending.output)")
        #expect(peer.stored.sorted() == uids)
    }

    @Test(
        "after an abort, and after a lost connection, only what was not answered is sent again",
        arguments: [true, false]
    )
    func lostConnection(isAbort: Bool) async throws {
        let directory = try TemporaryDirectory()
        let paths = try directory.writeImages(uids)
        let peer = try RawAcceptor { number, association in
            try association.accept()
            guard number == 0 else { return try association.serve() }
            for count in 0..<3 {
                guard let message = try association.message() else { return }
                if count < 2 { try association.respond(to: message) }
            }
            if isAbort { try association.abort() }
        }
        let sending = Sending(to: peer.port)
        #expect(try await sending.send(paths) == 0, "\(sending.output)")
        #expect(peer.stored == ["1.2.3.1", "1.2.3.2", "1.2.3.3", "1.2.3.3", "1.2.3.4", "1.2.3.5"])
    }

    @Test("a file at which the peer aborts every time fails after its attempts, and the others are sent")
    func poison() async throws {
        let directory = try TemporaryDirectory()
        let paths = try directory.writeImages(uids)
        let peer = try RawAcceptor { _, association in
            try association.accept()
            while let message = try association.message() {
                if message.command.text(0x1000) == "1.2.3.2" { return try association.abort() }
                try association.respond(to: message)
            }
            try association.release()
        }
        let sending = Sending(to: peer.port)
        async let failures = sending.send(paths, ["--retries", "1"])
        await sending.clock.sleepers(atLeast: 1)
        sending.clock.advance(by: .seconds(1))
        #expect(try await failures == 1)
        // Behind the first instance, as the first, and behind the others.
        #expect(peer.stored == ["1.2.3.1", "1.2.3.2", "1.2.3.2", "1.2.3.3", "1.2.3.4", "1.2.3.5", "1.2.3.2"])
        #expect(sending.output.contains("1.2.3.2.dcm: association aborted by the peer 127.0.0.1:\(peer.port)"))
        #expect(!sending.output.contains("closed channel"), "\(sending.output)")
    }

    @Test(
        "a peer that accepts and aborts at every file is asked for five associations, with four pauses of 15 s in all"
    )
    func fruitless() async throws {
        let directory = try TemporaryDirectory()
        let paths = try directory.writeImages((1...20).map { "1.2.3.\($0)" })
        let peer = try RawAcceptor { _, association in
            try association.accept()
            _ = try association.message()
            try association.abort()
        }
        let sending = Sending(to: peer.port)
        async let failures = sending.send(paths)
        for seconds in [1, 2, 4, 8] {
            await sending.clock.sleepers(atLeast: 1)
            sending.clock.advance(by: .seconds(seconds))
        }
        #expect(try await failures == 20)
        #expect(peer.messages.count == 5)
    }

    @Test("with --parallel 4 against a peer that takes two associations everything is sent, nothing twice")
    func twoOfFour() async throws {
        let directory = try TemporaryDirectory()
        let many = (1...20).map { "1.2.3.\($0)" }
        let paths = try directory.writeImages(many)
        let peer = try RawAcceptor { number, association in
            guard number < 2 else { return try association.reject(2, 3, 2) }
            try association.accept()
            try association.serve()
        }
        let sending = Sending(to: peer.port)
        #expect(try await sending.sendWithoutPauses(paths, ["--parallel", "4"]) == 0, "\(sending.output)")
        #expect(Set(peer.stored) == Set(many))
        #expect(peer.stored.count == many.count)
    }

    @Test("a peer that was there, and takes no connection any more, is tried again; one that never was is not")
    func restartingPeer() async throws {
        let directory = try TemporaryDirectory()
        let paths = try directory.writeImages(uids)
        let listening = Listening()
        let peer = try RawAcceptor { _, association in
            try association.accept()
            guard let message = try association.message() else { return }
            // Refused before the answer goes out: the next attempt finds nothing.
            listening.stop()
            try association.respond(to: message)
        }
        listening.set(peer)
        let sending = Sending(to: peer.port)
        async let failures = sending.send(paths, ["--retries", "1"])
        await sending.clock.sleepers(atLeast: 1)
        sending.clock.advance(by: .seconds(1))
        #expect(try await failures == 4)
        #expect(
            sending.output.contains("no connection to 127.0.0.1:\(peer.port): Connection refused"),
            "\(sending.output)"
        )
        #expect(sending.output.contains("sent 1 of 5, failed 4"), "\(sending.output)")
        for path in paths.dropFirst() { #expect(sending.output.contains("    \(path)\n"), "each is named") }
        // Without a clock that moves: no pause, no further attempt.
        #expect(try await Sending(to: peer.port).send(paths) == uids.count)
    }

    @Test("an abort in the middle of a data set is called that, not a closed channel")
    func abortWithinDataSet() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(
            part10(
                sopClassUID: RawUID.ctImage,
                sopInstanceUID: "1.2.3",
                transferSyntaxUID: RawUID.explicitLittle,
                dataSet: RawDataSet.image(sopInstanceUID: "1.2.3", pixels: 20_000_000)
            ),
            to: "large.dcm"
        )
        let peer = try RawAcceptor { _, association in
            try association.accept()
            _ = try association.socket.receivePDU()
            try association.abort()
        }
        let sending = Sending(to: peer.port)
        #expect(try await sending.send([path], ["--retries", "0"]) == 1)
        let reason = "association aborted by the peer 127.0.0.1:\(peer.port): service-user (0,0)"
        #expect(sending.output.hasPrefix("\(path): \(reason)\n"), "\(sending.output)")
    }

    @Test("the pause between attempts grows to half a minute")
    func pauses() {
        #expect((1...7).map { Retries.pause(after: $0) } == [1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
    }
}
