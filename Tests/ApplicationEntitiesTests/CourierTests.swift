import Archive
import Associations
import Glibc
import NIOCore
import ServiceClasses
import Synchronization
import TestSupport
import Testing

@testable import ApplicationEntities

/// Associations that a courier carries, as their peers see them. When a visit begins depends on how the kernel cuts the stream, so each test
/// stores until one has begun.
@Suite struct CourierTests {
    /// Counts where the disk is worked for.
    final class Spy: BlockingExecutor {
        private let threads: IOThreads
        private let here = Atomic(0)

        init(_ threads: IOThreads) { self.threads = threads }

        var isCurrent: Bool {
            if self.threads.isCurrent { self.here.add(1, ordering: .relaxed) }
            return self.threads.isCurrent
        }

        /// Calls that were made by a courier.
        var carried: Int { self.here.load(ordering: .relaxed) }

        func submit(_ work: @escaping @Sendable () -> Void) { self.threads.submit(work) }
    }

    /// The node of one test, and what its peers do.
    private final class Scene: Sendable {
        let node: TestNode
        private let spy = Mutex<Spy?>(nil)

        init(sync: SyncPolicy = .always) throws { self.node = try TestNode(sync: sync) }

        func run(couriers: Int = Limits.couriers, _ peer: @escaping @Sendable (UInt16) throws -> Void) async throws {
            try await self.node.run(
                couriers: couriers,
                storage: { threads in
                    let spy = Spy(threads)
                    self.spy.withLock { $0 = spy }
                    return spy
                },
                peer: peer
            )
        }

        /// Stores images until one was carried; the number of the next.
        func board(_ association: RawAssociation, from first: Int = 1) throws -> Int {
            let before = self.spy.withLock { $0?.carried ?? 0 }
            for number in first..<first + 1_000 {
                try #require(try association.store(Self.image(number), sopInstanceUID: Self.uid(number)).status == 0)
                if let spy = self.spy.withLock({ $0 }), spy.carried > before { return number + 1 }
            }
            throw ProcessError("no courier came")
        }

        /// A C-STORE-RQ with its data set, to an association that has been carried.
        func message(_ association: RawAssociation) throws -> [UInt8] {
            let number = try self.board(association)
            let command = RawCommand.store(messageID: 1, sopInstanceUID: Self.uid(number))
            return Fragmentation.usual.encoded(
                command: command.encoded(),
                dataSet: Self.image(number),
                context: 3
            )
        }

        static func uid(_ number: Int) -> String { "1.2.3.4.5.\(number)" }
        static func image(_ number: Int, pixels: Int = 40_000) -> [UInt8] {
            RawDataSet.image(sopInstanceUID: uid(number), pixels: pixels)
        }

        /// Each instance up to `last` is on disk as it was sent, and nothing else is there.
        func expectInstances(upTo last: Int) throws {
            let files = try filesBelow(self.node.directory.path + "/archive").filter { $0.hasSuffix(".dcm") }
            #expect(files.count == last)
            for number in 1...last {
                let path = self.node.directory.path + "/archive/1.2.3.4/1.2.3.4.5/\(Self.uid(number)).dcm"
                let isWhole = try Array(contents(of: path).suffix(Self.image(number).count)) == Self.image(number)
                #expect(isWhole, "\(number)")
            }
            #expect(try self.node.leftovers() == [])
        }
    }

    @Test(
        "what is stored is what was sent, echoes among it, and the release is answered",
        arguments: SyncPolicy.allCases
    )
    func stream(sync: SyncPolicy) async throws {
        let scene = try Scene(sync: sync)
        let stored = Atomic(0)
        try await scene.run { port in
            let association = try RawAssociation(port: port)
            var number = try scene.board(association)
            for _ in 0..<6 {
                #expect(try association.store(Scene.image(number), sopInstanceUID: Scene.uid(number)).status == 0)
                #expect(try association.echo() == 0)
                number += 1
            }
            try association.release()
            stored.store(number - 1, ordering: .relaxed)
        }
        try scene.expectInstances(upTo: stored.load(ordering: .relaxed))
    }

    @Test("a courier that goes leaves no file open", .timeLimit(.minutes(5)))
    func leavesNoFile() async throws {
        let scene = try Scene(sync: .never)
        let archive = scene.node.directory.path + "/archive/"
        let stored = Atomic(0)
        try await scene.run { port in
            let association = try RawAssociation(port: port)
            var number = try scene.board(association)
            for _ in 0..<3 { number = try scene.board(association, from: number) }
            stored.store(number - 1, ordering: .relaxed)
            // It goes when nothing comes any more; this waits for as long as that takes.
            while try openPaths().contains(where: { $0.hasPrefix(archive) && $0.hasSuffix(" (deleted)") }) {
                sched_yield()
            }
            try association.release()
        }
        try scene.expectInstances(upTo: stored.load(ordering: .relaxed))
    }

    @Test("cut anywhere, a message is the same", arguments: Fragmentation.all)
    func fragmentation(_ fragmentation: Fragmentation) async throws {
        let scene = try Scene()
        let stored = Atomic(0)
        try await scene.run { port in
            let association = try RawAssociation(port: port)
            let first = try scene.board(association)
            for number in first..<first + 3 {
                let image = Scene.image(number)
                #expect(try association.store(image, sopInstanceUID: Scene.uid(number), fragmentation).status == 0)
            }
            try association.release()
            stored.store(first + 2, ordering: .relaxed)
        }
        try scene.expectInstances(upTo: stored.load(ordering: .relaxed))
    }

    @Test("a peer that sends thousands of requests and reads none is answered, in order, when it reads")
    func deaf() async throws {
        let scene = try Scene()
        try await scene.run { port in
            let association = try RawAssociation(port: port, receiveBuffer: 4_096)
            var bytes = try scene.message(association)
            for messageID in 2...4_000 {
                let echo = RawCommand.echo(messageID: messageID).encoded()
                bytes += Fragmentation.usual.encoded(command: echo, dataSet: nil, context: 1)
            }
            try association.socket.send(bytes)
            let order = try (1...4_000).map { _ in try association.receive().command.number(0x0120) }
            #expect(order == Array(1...4_000))
            try association.release()
        }
    }

    @Test(
        "what is no data ends the visit, and is answered as ever",
        arguments: [
            RawPDU(type: 1, body: [0, 1]).encoded(length: 68), RawPDU(type: 0x47, body: []).encoded(),
            RawPDU.data([RawPDV(context: 9, isCommand: false, isLast: true, data: [0])]).encoded(),
        ]
    )
    func fault(_ bytes: [UInt8]) async throws {
        let scene = try Scene()
        try await scene.run { port in
            let association = try RawAssociation(port: port)
            let message = try scene.message(association)
            // In the middle of a data set.
            try association.socket.send(message.prefix(20_000) + bytes)
            association.socket.sendWhatIsTaken([UInt8](repeating: 0x47, count: 20_000))
            guard case .aborted = association.socket.answer() else { throw ProcessError("not aborted") }
        }
        #expect(try scene.node.leftovers() == [])
    }

    @Test("a peer that is gone in the middle leaves nothing behind", arguments: [true, false])
    func gone(aborts: Bool) async throws {
        let scene = try Scene()
        try await scene.run { port in
            let association = try RawAssociation(port: port)
            let message = try scene.message(association)
            try association.socket.send(Array(message.dropLast(1)))
            if aborts { try association.socket.send(RawPDU.abort(source: 0, reason: 0).encoded()) }
        }
        #expect(try scene.node.leftovers() == [])
    }

    @Test("told to stop, the node lets the message under way end, and releases")
    func stop() async throws {
        let scene = try Scene()
        try await scene.run { port in
            let association = try RawAssociation(port: port)
            let message = try scene.message(association)
            try association.socket.send(Array(message.prefix(20_000)))
            scene.node.stop.open()
            try association.socket.send(Array(message.dropFirst(20_000)))
            #expect(try association.receive().command.status == 0)
            #expect(association.socket.answer() == .releaseRequested)
            try association.socket.send(RawPDU.releaseRP.encoded())
            #expect(association.socket.answer() == .closed)
        }
    }

    @Test("more associations than places are all served")
    func crowd() async throws {
        let scene = try Scene()
        let stored = Atomic(0)
        try await scene.run(couriers: 1) { port in
            let associations = try (0..<8).map { _ in try RawAssociation(port: port) }
            var number = 1
            for _ in 0..<6 {
                let messages = associations.indices.map { number + $0 }
                for (association, number) in zip(associations, messages) {
                    let command = RawCommand.store(messageID: number, sopInstanceUID: Scene.uid(number))
                    try association.send(command, dataSet: Scene.image(number))
                }
                for association in associations { #expect(try association.receive().command.status == 0) }
                number += associations.count
            }
            for association in associations { try association.release() }
            stored.store(number - 1, ordering: .relaxed)
        }
        try scene.expectInstances(upTo: stored.load(ordering: .relaxed))
    }
}
