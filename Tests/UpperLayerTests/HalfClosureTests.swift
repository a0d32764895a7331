import Associations
import NIOCore
import Testing

@testable import UpperLayer

/// A peer that has shut down its sending: it hears every answer that it is owed, and nothing waits for what cannot
/// come.
@Suite struct HalfClosureTests {
    @Test("before an association the end of input closes the connection")
    func beforeAssociation() throws {
        let harness = try HandlerHarness()
        try harness.receive([0x01, 0x00, 0x00])
        harness.endInput()
        #expect(try harness.end() == .transportClosed)
        #expect(!harness.isOpen)
    }

    @Test("a request that is complete is answered, and what is answered ends")
    func request() throws {
        let harness = try HandlerHarness()
        try harness.receive(.associateRQ(HandlerHarness.request))
        harness.endInput()
        try harness.ask(.accept(HandlerHarness.answer))
        #expect(try harness.sent() == [.associateAC(HandlerHarness.answer)])
        #expect(harness.isOpen)
        try harness.ask(.releaseResponse)
        #expect(try harness.end() == .transportClosed)
        #expect(!harness.isOpen)
    }

    @Test("the user hears of the end behind the data, in order, and its answers go out before the connection is closed")
    func data() throws {
        let harness = try HandlerHarness.established()
        try harness.receive(.dataTF(UpperLayerHandlerTests.data([1])))
        harness.endInput()
        let indications = try harness.indications()
        guard indications.count == 2, case .data = indications[0], case .release = indications[1] else {
            Issue.record("\(indications)")
            return
        }
        try harness.ask(.data([UpperLayerHandlerTests.data([2])]))
        #expect(try harness.sentBytes().count == 13)
        try harness.ask(.releaseResponse)
        harness.channel.close(promise: nil)
        #expect(try harness.sent() == [])
        #expect(try harness.end() == .transportClosed)
        #expect(!harness.isOpen)
    }

    @Test("the connection is closed only when the last answer is with the kernel")
    func flushed() throws {
        let harness = try HandlerHarness.established()
        harness.endInput()
        harness.holdWrites()
        try harness.ask(.data([UpperLayerHandlerTests.data([2])]))
        try harness.ask(.releaseResponse)
        harness.channel.close(promise: nil)
        #expect(harness.isOpen)
        #expect(try harness.end() == nil)
        harness.takeWrites()
        #expect(try harness.end() == .transportClosed)
        #expect(!harness.isOpen)
    }

    @Test("a peer that has shut down its sending and never reads is aborted after `stall`")
    func blocked() throws {
        let harness = try HandlerHarness.established()
        harness.endInput()
        harness.holdWrites()
        try harness.ask(.data([UpperLayerHandlerTests.data([2])]))
        try harness.ask(.releaseResponse)
        harness.advance(.seconds(121))
        #expect(try harness.end() == .aborted(.serviceUser, cause: "the peer does not read (stall)"))
        harness.advance(Timeouts.closing)
        #expect(!harness.isOpen)
    }

    @Test("a release that the peer has asked for is answered")
    func release() throws {
        let harness = try HandlerHarness.established()
        try harness.receive(.releaseRQ)
        harness.endInput()
        try harness.ask(.releaseResponse)
        #expect(try harness.sent() == [.releaseRP])
        #expect(try harness.end() == .released)
    }

    @Test("our own release cannot be answered any more")
    func ownRelease() throws {
        let harness = try HandlerHarness.established()
        harness.advance(.seconds(300))
        #expect(try harness.sent() == [.releaseRQ])
        harness.endInput()
        #expect(try harness.end() == .transportClosed)
        #expect(!harness.isOpen)
    }

    @Test(
        "an association whose input has ended is not released for being idle, and not aborted for a message that is cut"
    )
    func idle() throws {
        let harness = try HandlerHarness.established()
        try harness.receive([0x04, 0x00, 0x00, 0x00, 0x10, 0x00])
        harness.activity.value.isWithinMessage = true
        harness.endInput()
        harness.activity.value.isWithinMessage = false
        harness.advance(.seconds(1_000))
        #expect(try harness.sent() == [])
        #expect(harness.isOpen)
    }

    @Test("a local close without an answer is an abort still")
    func localClose() throws {
        let harness = try HandlerHarness.established()
        harness.endInput()
        harness.channel.close(promise: nil)
        #expect(try harness.sent() == [.abort(.serviceUser)])
        guard case .aborted(.serviceUser, _)? = try harness.end() else {
            Issue.record("the end was not told")
            return
        }
    }
}
