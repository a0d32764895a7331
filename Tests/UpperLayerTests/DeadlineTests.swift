import Associations
import NIOCore
import Testing

@testable import UpperLayer

/// Promise 5: every PDU gets its answer, or a deadline closes the connection. Time is the embedded loop's, moved by
/// hand.
@Suite struct DeadlineTests {
    @Test("ARTIM closes a connection that says nothing (hostile 1)")
    func silence() throws {
        let harness = try HandlerHarness()
        harness.advance(.seconds(29))
        #expect(harness.isOpen)
        harness.advance(.seconds(1))
        #expect(!harness.isOpen)
    }

    @Test("one byte a second does not move ARTIM (hostile 2)")
    func drip() throws {
        let harness = try HandlerHarness()
        for byte in [0x01, 0x00, 0x00, 0x00, 0x01, 0x00] + [UInt8](repeating: 0, count: 23) {
            try harness.receive([byte])
            harness.advance(.seconds(1))
        }
        #expect(harness.isOpen)
        harness.advance(.seconds(1))
        #expect(!harness.isOpen)
    }

    @Test("an association that is idle is released, and aborted if the peer does not answer")
    func idle() throws {
        let harness = try HandlerHarness.established()
        harness.advance(.seconds(299))
        #expect(try harness.sent() == [])
        harness.advance(.seconds(1))
        #expect(try harness.sent() == [.releaseRQ])
        harness.advance(Timeouts.release)
        #expect(try harness.sent() == [.abort(.serviceUser)])
        #expect(try harness.end() == .aborted(.serviceUser, cause: "no answer to our A-RELEASE-RQ"))
        harness.advance(Timeouts.closing)
        #expect(!harness.isOpen)
    }

    @Test(
        "after our last PDU the peer has five seconds, whenever that was",
        arguments: [0, 1, 4, 5, 6, 29, 30, 31, 59, 60, 299]
    )
    func closing(after seconds: Int64) throws {
        let harness = try HandlerHarness.established()
        for _ in 0..<seconds { harness.advance(.seconds(1)) }
        try harness.receive(.releaseRQ)
        try harness.ask(.releaseResponse)
        #expect(try harness.sent() == [.releaseRP])
        harness.advance(.milliseconds(4_999))
        #expect(harness.isOpen)
        harness.advance(.milliseconds(1))
        #expect(!harness.isOpen)
    }

    @Test("a requestor waits half a second behind its A-ABORT for the peer to close")
    func requestorAborts() throws {
        let harness = try HandlerHarness(role: .requestor)
        try harness.ask(.associate(HandlerHarness.request))
        try harness.receive(.associateAC(HandlerHarness.answer))
        _ = try harness.sent()
        try harness.ask(.abort(cause: "a test"))
        #expect(try harness.sent() == [.abort(.serviceUser)])
        harness.advance(.milliseconds(499))
        #expect(harness.isOpen)
        harness.advance(.milliseconds(1))
        #expect(!harness.isOpen)
    }

    @Test("a requestor whose A-ASSOCIATE-RQ is not answered in time aborts, and is closed half a second later")
    func requestorUnanswered() throws {
        var timeouts = Timeouts()
        timeouts.artim = .seconds(1)
        let harness = try HandlerHarness(role: .requestor, timeouts: timeouts)
        try harness.ask(.associate(HandlerHarness.request))
        harness.advance(.milliseconds(1_499))
        #expect(harness.isOpen)
        harness.advance(.milliseconds(1))
        #expect(!harness.isOpen)
    }

    @Test("a peer that keeps its socket open holds up the end of the process no longer than a round trip")
    func closingAtOnce() throws {
        for isOverBefore in [false, true] {
            let harness = try HandlerHarness.established()
            if isOverBefore { try harness.ask(.abort(cause: "before")) }
            harness.channel.triggerUserOutboundEvent(UpperLayerHandler.CloseSoon(), promise: nil)
            if !isOverBefore { try harness.ask(.abort(cause: "after")) }
            #expect(try harness.sent() == [.abort(.serviceUser)])
            harness.advance(Timeouts.closingAtOnce - .milliseconds(1))
            #expect(harness.isOpen)
            harness.advance(.milliseconds(1))
            #expect(!harness.isOpen)
        }
    }

    @Test("an idle association whose peer confirms the release is closed")
    func idleReleased() throws {
        let harness = try HandlerHarness.established()
        harness.advance(.seconds(300))
        try harness.receive(.releaseRP)
        #expect(try harness.end() == .released)
        #expect(!harness.isOpen)
    }

    @Test("while we work for the peer, nothing is idle")
    func busy() throws {
        let harness = try HandlerHarness.established()
        harness.activity.value.operations = 1
        harness.advance(.seconds(1_000))
        #expect(try harness.sent() == [])
        harness.activity.value.operations = 0
        harness.advance(.seconds(262))
        #expect(try harness.sent() == [.releaseRQ])
    }

    @Test("a message that does not move is aborted after `stall` (hostile 2, 20)")
    func stall() throws {
        let harness = try HandlerHarness.established()
        harness.advance(.seconds(50))
        try harness.receive([0x04, 0x00, 0x00, 0x00, 0x10, 0x00])
        harness.activity.value.isWithinMessage = true
        harness.advance(.seconds(59))
        #expect(try harness.sent() == [])
        harness.advance(.seconds(1))
        #expect(try harness.sent() == [.abort(.serviceUser)])
    }

    @Test("64 KiB in each `stall` is progress, however slowly the bytes come")
    func slow() throws {
        let harness = try HandlerHarness.established()
        // One P-DATA-TF of a mebibyte with one value of the data set.
        try harness.receive([0x04, 0x00, 0x00, 0x10, 0x00, 0x06, 0x00, 0x10, 0x00, 0x02, 0x01, 0x00])
        harness.activity.value.isWithinMessage = true
        for _ in 0..<10 {
            try harness.receive([UInt8](repeating: 0, count: 33_000))
            harness.advance(.seconds(29))
            try harness.receive([UInt8](repeating: 0, count: 33_000))
            harness.advance(.seconds(29))
        }
        #expect(try harness.sent() == [])
        harness.advance(.seconds(120))
        #expect(try harness.sent() == [.abort(.serviceUser)])
    }

    @Test("while the node itself does not read, no clock runs against the peer")
    func backPressure() throws {
        var watch = ProgressWatch()
        var activity = AssociationActivity()
        activity.isWithinMessage = true
        watch.start(now: .uptimeNanoseconds(0))
        watch.readOutstanding = false
        let late = NIODeadline.uptimeNanoseconds(0) + .seconds(61)
        let verdict = watch.verdict(
            activity,
            withinPDU: false,
            timeouts: Timeouts(),
            now: late
        )
        #expect(verdict == .fine(until: late + .seconds(60)))
        watch.readOutstanding = true
        // All has come, and the association's task waits for the store with what is queued.
        activity.isLate = true
        #expect(
            watch.verdict(activity, withinPDU: false, timeouts: Timeouts(), now: late + .seconds(60))
                == .fine(until: late + .seconds(120))
        )
        activity.isLate = false
        let later = late + .seconds(120)
        #expect(
            watch.verdict(activity, withinPDU: false, timeouts: Timeouts(), now: later) == .stalled
        )
    }

    @Test("a peer that does not read is aborted after `stall`; one write that goes through is progress")
    func blocked() {
        var watch = ProgressWatch()
        let start = NIODeadline.uptimeNanoseconds(0)
        watch.start(now: start)
        watch.writing(now: start)
        watch.writing(now: start)
        let check = { (watch: inout ProgressWatch, now: NIODeadline) in
            watch.verdict(
                AssociationActivity(),
                withinPDU: false,
                timeouts: Timeouts(),
                now: now
            )
        }
        #expect(check(&watch, start + .seconds(59)) != .blocked)
        watch.written(now: start + .seconds(59))
        #expect(check(&watch, start + .seconds(61)) != .blocked)
        #expect(check(&watch, start + .seconds(119)) == .blocked)
    }

    @Test("a request of ours that is not answered ends the association")
    func unanswered() {
        var watch = ProgressWatch()
        var activity = AssociationActivity()
        activity.invocations = 1
        let start = NIODeadline.uptimeNanoseconds(0)
        watch.start(now: start)
        let verdict = watch.verdict(
            activity,
            withinPDU: false,
            timeouts: Timeouts(),
            now: start + .seconds(60)
        )
        #expect(verdict == .stalled)
    }

    @Test("a stopping node releases once its peer has been quiet for a moment")
    func stopping() throws {
        let harness = try HandlerHarness.established()
        harness.advance(.milliseconds(500))
        try harness.channel.triggerUserOutboundEvent(UpperLayerHandler.ReleaseWhenIdle()).wait()
        #expect(try harness.sent() == [])
        harness.advance(.milliseconds(500))
        #expect(try harness.sent() == [.releaseRQ])
    }

    @Test("a stopping node lets the message under way end, and then releases")
    func stoppingWithinMessage() throws {
        let harness = try HandlerHarness.established()
        harness.activity.value.isWithinMessage = true
        try harness.channel.triggerUserOutboundEvent(UpperLayerHandler.ReleaseWhenIdle()).wait()
        harness.advance(.seconds(10))
        #expect(try harness.sent() == [])
        harness.activity.value.isWithinMessage = false
        harness.advance(.seconds(2))
        #expect(try harness.sent() == [.releaseRQ])
    }
}
