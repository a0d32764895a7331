import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("A reload while the node works")
struct ReloadTests {
    /// A node with a file that a test rewrites.
    private struct Reloading {
        let directory = Result { try TemporaryDirectory() }
        let node: Node
        private let file: String

        init(_ text: String) throws {
            let directory = try directory.get()
            file = try directory.write(Array(text.utf8), to: "node.yaml")
            // What associations say is not asked for here, and is much.
            node = try Node(["--config", file, "--log-level", "notice"])
        }

        /// How many reloads the log has told of, taken or refused.
        var reloads: Int {
            node.process.errors.split(separator: "\n").count {
                $0.contains(" configuration ") && !$0.contains(" fault ")
            }
        }

        /// Replaces the file as a whole, and returns when the log says what became of it.
        func reload(_ text: String) throws {
            let before = reloads
            try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
            node.process.send(SIGHUP)
            // Each look costs a round trip, so that nothing depends on how fast the machine is.
            let association = try RawAssociation(port: node.port)
            var looks = 0
            while reloads == before, looks < 100_000 {
                looks += 1
                guard try association.echo() == 0 else { throw ProcessError("no C-ECHO while reloading") }
            }
            #expect(reloads > before, "\(node.process.errors)")
            try association.release()
        }
    }

    private func title(_ text: String) -> RawRequest {
        RawRequest().with { $0.callingAETitle = rawTitle(text) }
    }

    private func answer(_ node: Node, _ calling: String) throws -> RawAnswer {
        let socket = try RawSocket(port: node.port)
        try socket.send(title(calling).encoded())
        return socket.answer()
    }

    @Test("the next association sees the new rules, one that exists goes on; a bad file changes nothing")
    func rules() throws {
        let reloading = try Reloading("accept: { calling_ae_titles: [RAW, CT1] }")
        let node = reloading.node
        let refused = RawAnswer.rejected(result: 1, source: 1, reason: 3)
        let old = try RawAssociation(port: node.port, title("CT1"))
        #expect(try answer(node, "MR2") == refused)
        try reloading.reload("accept: { calling_ae_titles: [RAW, MR2] }")
        #expect(try answer(node, "CT1") == refused)
        try RawAssociation(port: node.port, title("MR2")).release()
        #expect(try old.store(RawDataSet.image(sopInstanceUID: "1.2.3"), sopInstanceUID: "1.2.3").status == 0)
        try reloading.reload("accept: { calling_ae_titles: [RAW, CT1], hots: [] }")
        #expect(node.process.errors.contains("accept.hots: there is no such key; did you mean accept.hosts?"))
        #expect(node.process.errors.contains("configuration not reloaded"))
        try RawAssociation(port: node.port, title("MR2")).release()
        try old.release()
        #expect(try node.stop() == .exit(0))
    }

    /// In `make reload` for so many seconds with a reload in each; else as many reloads as there are below, one after
    /// the other.
    private static let seconds = ProcessInfo.processInfo.environment["RELOAD_SECONDS"].flatMap { Int($0) }
    private static let senders = 16

    @Test("16 senders lose no association and meet no wrong refusal, however often the configuration is reloaded")
    func load() throws {
        let reloading = try Reloading("")
        let ended = Atomic(false)
        let stored = Atomic(0)
        let failures = Mutex<[String]>([])
        let group = DispatchGroup()
        for sender in 0..<Self.senders {
            let thread = Thread {
                var number = 0
                do {
                    while !ended.load(ordering: .acquiring) {
                        number += 1
                        let uid = "1.2.3.\(sender + 1).\(number)"
                        let association = try RawAssociation(port: reloading.node.port)
                        for part in 1...3 {
                            let dataSet = RawDataSet.image(sopInstanceUID: "\(uid).\(part)")
                            let response = try association.store(dataSet, sopInstanceUID: "\(uid).\(part)")
                            guard response.status == 0 else { throw ProcessError("status \(response.status ?? -1)") }
                            stored.add(1, ordering: .relaxed)
                        }
                        try association.release()
                    }
                } catch {
                    failures.withLock { $0.append("sender \(sender), association \(number): \(error)") }
                }
                group.leave()
            }
            group.enter()
            thread.start()
        }
        for round in 0..<(Self.seconds ?? 20) {
            // Tight for strangers, wide enough for the senders: a mixture of two files would refuse one of them.
            let text =
                round % 2 == 0
                ? "accept: { calling_ae_titles: [RAW] }\nlimits: { associations: 64, pdu_length: 16KiB }\n"
                : "peers: { RAW: { host: 127.0.0.1, may: [echo, store] } }\nlimits: { associations: 512 }\ntimeouts: { idle: 60s }\n"
            let before = stored.load(ordering: .relaxed)
            try reloading.reload(text)
            // Associations of before the reload, of during it and of after it.
            let association = try RawAssociation(port: reloading.node.port)
            while stored.load(ordering: .relaxed) < before + Self.senders * 3, failures.withLock({ $0.isEmpty }) {
                guard try association.echo() == 0 else { throw ProcessError("no C-ECHO under load") }
            }
            try association.release()
            if Self.seconds != nil { Thread.sleep(forTimeInterval: 1) }
        }
        ended.store(true, ordering: .releasing)
        group.wait()
        #expect(failures.withLock { $0 } == [])
        #expect(try reloading.node.stop() == .exit(0))
        let instances = try reloading.node.instances().count
        #expect(instances == stored.load(ordering: .relaxed))
        print("reload: \(reloading.reloads) reloads, \(instances) instances of \(Self.senders) senders")
    }
}
