import NIOEmbedded
import Testing
import UpperLayer

@testable import ApplicationEntities

@Suite("The node's own requests on an association")
struct InvocationsTests {
    @Test("a peer that leaves requests without an answer is asked for no more, and no Message ID is looked for in vain")
    func unanswered() throws {
        let invocations = Invocations(activity: SharedActivity(), channel: EmbeddedChannel())
        var messageIDs: Set<UInt16> = []
        for _ in 0..<AcceptorLimits.invocations {
            let invocation = try invocations.open()
            messageIDs.insert(invocation.messageID)
            // Given up without a response: the peer may still send one.
            invocations.close(invocation)
        }
        #expect(messageIDs.count == AcceptorLimits.invocations)
        let error = #expect(throws: RequestorError.self) { try invocations.open() }
        #expect("\(error.map { "\($0)" } ?? "")".contains("\(AcceptorLimits.invocations) requests"))
    }

    @Test("requests with their last response count no more")
    func answered() throws {
        let invocations = Invocations(activity: SharedActivity(), channel: EmbeddedChannel())
        for _ in 0...Int(UInt16.max) + 1 {
            let invocation = try invocations.open()
            invocation.hasLastResponse()
            invocations.close(invocation)
        }
    }
}
