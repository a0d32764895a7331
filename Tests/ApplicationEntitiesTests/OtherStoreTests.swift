import Instances
import TestSupport
import Testing

@testable import ApplicationEntities

/// The whole node in front of a store in memory that fails and waits.
@Suite struct OtherStoreTests {
    private static func dataSet(_ number: Int, pixels: Int = 1_300_000) -> [UInt8] {
        RawDataSet.image(sopInstanceUID: "1.2.3.4.5.\(number)", pixels: pixels)
    }

    @Test("each call of the store fails in turn: a status for that instance, the association goes on")
    func everyCall() async throws {
        for number in 1... {
            let store = MemoryStore(failing: number)
            let statuses = try await TestNode().run(store: store) { port in
                let association = try RawAssociation(port: port)
                // Each is more than a batch.
                let statuses = try (1...3).map { index in
                    try association.store(Self.dataSet(index), sopInstanceUID: "1.2.3.4.5.\(index)").status
                }
                try association.release()
                return statuses
            }
            for (index, status) in statuses.enumerated() {
                let kept = store.instances["1.2.3.4.5.\(index + 1)"]?.dataSet
                #expect(kept == (status == 0 ? Self.dataSet(index + 1) : nil), "call \(number)")
            }
            #expect(store.violations == [])
            #expect(store.pending == 0)
            guard store.calls.count >= number else {
                #expect(statuses == [0, 0, 0])
                return #expect(number > 6)
            }
            #expect(statuses.count { $0 == 0xA700 } == 1)
        }
    }

    @Test("while the store holds one association's instance, another association is served")
    func held() async throws {
        let (begun, go) = (Signal(), Signal())
        let store = MemoryStore(before: { call in
            if call.operation == .commit, call.numberOfItsKind == 1 {
                begun.open()
                await go.wait()
            }
            return nil
        })
        let node = try TestNode()
        try await node.run(store: store) { requestor in
            let port = UInt16(requestor.port)
            let (first, other) = try await onThread {
                (try RawAssociation(port: port), try RawAssociation(port: port))
            }
            try await onThread {
                try first.send(.store(sopInstanceUID: "1.2.3.4.5.1"), dataSet: Self.dataSet(1, pixels: 512))
            }
            await begun.wait()
            try await onThread {
                #expect(try other.store(Self.dataSet(2, pixels: 512), sopInstanceUID: "1.2.3.4.5.2").status == 0)
                try other.release()
            }
            #expect(Array(store.instances.keys) == ["1.2.3.4.5.2"])
            go.open()
            try await onThread {
                #expect(try first.receive().command.status == 0)
                try first.release()
            }
        }
        #expect(store.instances.count == 2)
        #expect(store.violations == [])
    }

    @Test("a data set that breaks off leaves nothing in the store")
    func brokenOff() async throws {
        let appended = Signal()
        let store = MemoryStore(after: { if $0.operation == .append { appended.open() } })
        let node = try TestNode()
        try await node.run(store: store) { requestor in
            let port = UInt16(requestor.port)
            let association = try await onThread {
                let association = try RawAssociation(port: port)
                let whole = Fragmentation.usual.encoded(
                    command: RawCommand.store(sopInstanceUID: "1.2.3.4.5.1").encoded(),
                    dataSet: Self.dataSet(1, pixels: 2_000_000),
                    context: 3
                )
                try association.socket.send(Array(whole.dropLast(1_000)))
                return association
            }
            await appended.wait()
            try await onThread { try association.socket.send(RawPDU.abort(source: 0, reason: 0).encoded()) }
        }
        #expect(store.instances.isEmpty)
        #expect(store.pending == 0)
        #expect(store.calls.last?.operation == .discard)
        #expect(store.violations == [])
    }
}
