import Associations
import NIOCore
import NIOEmbedded
import Testing

@testable import UpperLayer

/// An acceptor does not write while its peer still sends: the peer may close without having read.
@Suite struct HeldResponseTests {
    private static let response = UpperLayerHandlerTests.data([2])
    /// A P-DATA-TF of which half has come.
    private static let half: [UInt8] = [0x04, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00]
    private static let rest: [UInt8] = [0x00, 0x04, 0x01, 0x02, 0x55, 0x55]

    @Test("a response in the middle of the peer's next message goes out when that message has ended")
    func message() throws {
        let harness = try HandlerHarness.established()
        try harness.receive(Self.half)
        try harness.ask(.data([Self.response]))
        try harness.ask(.data([Self.response]))
        #expect(try harness.sentBytes() == [])
        try harness.receive(Self.rest)
        #expect(try harness.sentBytes().count == 26)
    }

    @Test("a value that is not its message's last leaves the message unfinished")
    func value() throws {
        let harness = try HandlerHarness.established()
        try harness.receive(.dataTF(UpperLayerHandlerTests.data([1])))
        try harness.ask(.data([Self.response]))
        #expect(try harness.sentBytes() == [])
    }

    @Test("a peer that pauses in its message hears the response a second later")
    func pause() throws {
        let harness = try HandlerHarness.established()
        try harness.receive(Self.half)
        try harness.ask(.data([Self.response]))
        harness.advance(UpperLayerLimits.holding - .milliseconds(1))
        #expect(try harness.sentBytes() == [])
        harness.advance(.milliseconds(1))
        #expect(try harness.sentBytes().count == 13)
    }

    @Test("while input is unread because we do not ask for it, the response waits for the next read")
    func unread() throws {
        let harness = try HandlerHarness.established()
        harness.channel.triggerUserOutboundEvent(UpperLayerHandler.ReadWithheld(), promise: nil)
        try harness.ask(.data([Self.response]))
        harness.advance(.seconds(10))
        #expect(try harness.sentBytes() == [])
        harness.channel.read()
        #expect(try harness.sentBytes().count == 13)
    }

    @Test("no more than 16 KiB are held back")
    func bound() throws {
        let harness = try HandlerHarness.established()
        try harness.receive(Self.half)
        let large = UpperLayerHandlerTests.data([UInt8](repeating: 0, count: 10_000))
        try harness.ask(.data([large]))
        #expect(try harness.sentBytes() == [])
        try harness.ask(.data([large]))
        #expect(try harness.sentBytes().count == 20_024)
    }

    @Test("what ends the association follows what was held back")
    func end() throws {
        let harness = try HandlerHarness.established()
        try harness.receive(Self.half)
        try harness.ask(.data([Self.response]))
        try harness.ask(.abort(cause: "test"))
        #expect(try harness.sentBytes().count == 13 + 10)
    }

    @Test("the end of input lets go of what was held back")
    func endOfInput() throws {
        let harness = try HandlerHarness.established()
        try harness.receive(Self.half)
        try harness.ask(.data([Self.response]))
        harness.endInput()
        #expect(try harness.sentBytes().count == 13)
    }
}
