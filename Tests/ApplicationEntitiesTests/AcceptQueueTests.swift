import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import ApplicationEntities

/// What has been accepted is served, whatever happens to the listener meanwhile.
@Suite struct AcceptQueueTests {
    private let queue = AcceptQueue()
    private let associations: [AcceptedAssociation]

    init() throws {
        let entity = try TestNode().entity(MemoryStore())
        associations = try (0..<3).map { _ in try entity.arrive(EmbeddedChannel()) }
    }

    @Test("associations come in order, those accepted before the listener's end after it too, and then no more")
    func order() async throws {
        try queue.append(associations[0])
        try queue.append(associations[1])
        #expect(await queue.next() === associations[0])
        queue.finish()
        #expect(throws: ChannelError.self) { try queue.append(associations[2]) }
        #expect(await queue.next() === associations[1])
        #expect(await queue.next() === nil)
    }

    @Test("a task that waits is resumed by an association and by the end", arguments: [false, true])
    func waiting(isFinished: Bool) async throws {
        let (queue, association) = (queue, associations[0])
        let taken = try await withThrowingTaskGroup(of: AcceptedAssociation?.self) { group in
            group.addTask { await queue.next() }
            if isFinished { queue.finish() } else { try queue.append(association) }
            return try await group.next() ?? nil
        }
        #expect(isFinished ? taken === nil : taken === association)
    }

    @Test("cancellation does not lose what was accepted")
    func cancellation() async throws {
        let (queue, association) = (queue, associations[0])
        let taken = try await withThrowingTaskGroup(of: AcceptedAssociation?.self) { group in
            group.addTask { await queue.next() }
            group.cancelAll()
            try queue.append(association)
            return try await group.next() ?? nil
        }
        #expect(taken === association)
    }
}
