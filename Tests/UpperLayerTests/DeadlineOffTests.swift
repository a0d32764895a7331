import Associations
import NIOCore
import Testing

@testable import UpperLayer

/// A deadline of 0 is off: an association whose peer needs days is served as any other.
@Suite("Deadlines that are off")
struct DeadlineOffTests {
    private static let days = TimeAmount.hours(10 * 24)

    @Test("without ARTIM a connection may say nothing, and then associate")
    func artim() throws {
        var timeouts = Timeouts()
        timeouts.artim = .zero
        let harness = try HandlerHarness(timeouts: timeouts)
        harness.advance(Self.days)
        #expect(harness.isOpen)
        try harness.receive(.associateRQ(HandlerHarness.request))
        try harness.ask(.accept(HandlerHarness.answer))
        #expect(try harness.sent() == [.associateAC(HandlerHarness.answer)])
        // After our last PDU the peer has its five seconds all the same (PS3.8 §9.1.5): nothing hangs.
        try harness.receive(.releaseRQ)
        try harness.ask(.releaseResponse)
        harness.advance(Timeouts.closing)
        #expect(!harness.isOpen)
    }

    @Test("without `idle` an association may be silent for days; `stall` goes on")
    func idle() throws {
        var timeouts = Timeouts()
        timeouts.idle = .zero
        let harness = try HandlerHarness.established(timeouts: timeouts)
        harness.advance(Self.days)
        #expect(try harness.sent() == [])
        harness.activity.value.isWithinMessage = true
        harness.advance(.seconds(121))
        #expect(try harness.sent() == [.abort(.serviceUser)])
    }

    @Test("without `stall` a message may stand still for days; `idle` goes on behind it")
    func stall() throws {
        var timeouts = Timeouts()
        timeouts.stall = .zero
        let harness = try HandlerHarness.established(timeouts: timeouts)
        harness.activity.value.isWithinMessage = true
        harness.advance(Self.days)
        #expect(try harness.sent() == [])
        harness.activity.value.isWithinMessage = false
        harness.advance(.seconds(300))
        #expect(try harness.sent().first == .releaseRQ)
    }

    @Test("without `stall` a requestor waits for its answer as long as it takes")
    func requestor() {
        var timeouts = Timeouts()
        timeouts.stall = .zero
        var watch = ProgressWatch()
        var activity = AssociationActivity()
        activity.invocations = 1
        let start = NIODeadline.uptimeNanoseconds(0)
        watch.start(now: start)
        let now = start + Self.days
        let verdict = watch.verdict(
            activity,
            withinPDU: false,
            timeouts: timeouts.effective,
            now: now
        )
        #expect(verdict == .fine(until: now + .seconds(300)))
    }

    @Test("a node without deadlines releases when it stops")
    func stopping() throws {
        var timeouts = Timeouts()
        timeouts.artim = .zero
        timeouts.idle = .zero
        timeouts.stall = .zero
        let harness = try HandlerHarness.established(timeouts: timeouts)
        harness.advance(Self.days)
        #expect(try harness.sent() == [])
        harness.activity.value.isWithinMessage = true
        try harness.channel.triggerUserOutboundEvent(UpperLayerHandler.ReleaseWhenIdle()).wait()
        harness.advance(Self.days)
        #expect(try harness.sent() == [])
        harness.activity.value.isWithinMessage = false
        harness.advance(.seconds(2))
        #expect(try harness.sent() == [.releaseRQ])
    }
}
