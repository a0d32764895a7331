import Associations
package import NIOCore

/// Every deadline of the node. Each is measured on the event loop's clock, so that a test moves it by hand. A setting
/// of 0 is off.
package struct Timeouts: Sendable {
    /// ARTIM (PS3.8 §9.1.5): from the transport connection to the A-ASSOCIATE-RQ's last byte. With TLS the transport
    /// connection is there when its handshake is complete.
    package var artim: TimeAmount = .seconds(30)
    /// From the TCP connection to the end of the TLS handshake.
    package var tlsHandshake: TimeAmount = .seconds(10)
    /// Silence between messages, with nothing outstanding, after which we release (PS3.8 §7.2.2).
    package var idle: TimeAmount = .seconds(300)
    /// The longest without progress (``stallBytes``, or the end of a message) inside a message, and for a peer that
    /// does not read.
    package var stall: TimeAmount = .seconds(60)
    /// How long associations may go on after SIGTERM before they are aborted; with 0 until they end, or the node is
    /// told to abort.
    package var drain: TimeAmount = .seconds(30)
    /// ARTIM after our last PDU (Sta13): how long the peer has to read it and close.
    var closing = Self.closing

    /// As without configuration.
    package init() {}

    /// The same, with what is off put off for a century, so that comparing and scheduling have no second case.
    var effective: Timeouts {
        func effective(_ amount: TimeAmount) -> TimeAmount { amount > .zero ? amount : Self.never }
        var timeouts = self
        timeouts.artim = effective(artim)
        timeouts.idle = effective(idle)
        timeouts.stall = effective(stall)
        return timeouts
    }

    private static let never: TimeAmount = .hours(876_000)

    /// Progress that `stall` asks for, bytes: a slow line is fine (1 KiB/s), one byte per second is not.
    package static let stallBytes = 65_536
    /// ``closing`` while the node runs.
    package static let closing: TimeAmount = .seconds(5)
    /// The same of a requestor behind its A-ABORT: its user has waited for this peer already, and a round trip takes
    /// less.
    package static let aborted: TimeAmount = .milliseconds(500)
    /// The same when the node ends at once: a round trip on any line, so that the peer reads the A-ABORT before the
    /// connection is closed (a close with unread input is a reset, which may destroy it), and no more, because the
    /// process waits for it.
    package static let closingAtOnce: TimeAmount = .milliseconds(200)
    /// How long a peer may take to answer our A-RELEASE-RQ.
    package static let release: TimeAmount = .seconds(10)
    /// While the node stops: quiet for this long counts as idle. Between two images of a study a modality is quiet for
    /// less.
    package static let quiet: TimeAmount = .seconds(1)
    /// The requestor's limits: to connect, and to be answered.
    package static let connect: TimeAmount = .seconds(10)
}

extension Timeouts {
    /// ARTIM when it starts with this transition.
    func artim(for transition: Transition, role: Role) -> TimeAmount {
        guard transition.to == .sta13 else { return artim }
        if role == .requestor, case .abort? = transition.pdu { return min(Self.aborted, artim) }
        return min(closing, artim)
    }
}
