import Associations
import NIOCore

/// Watches that an established association moves: `stall` inside a message and for a peer that does not read, `idle` between
/// messages.
///
/// Looked at when its time has come, which is never moved in between: a read costs an addition here, not a timer.
struct ProgressWatch {
    /// The transport has been asked for more: from here on it is the peer who is late.
    var readOutstanding = true
    /// The node is stopping: quiet is idle.
    var isStopping = false

    private var lastActivity = NIODeadline.uptimeNanoseconds(0)
    private var windowStart = NIODeadline.uptimeNanoseconds(0)
    private var windowBytes = 0
    private var windowMessages: UInt64 = 0
    private var writeStart = NIODeadline.uptimeNanoseconds(0)
    private var writesOutstanding = 0

    mutating func start(now: NIODeadline) {
        self.lastActivity = now
        self.windowStart = now
    }

    mutating func received(_ count: Int, handler: UpperLayerHandler, now: NIODeadline) {
        if !handler.isWithinPDU, !handler.activity.value.isWithinMessage {
            // A message may begin here: its first window does.
            self.openWindow(handler.activity.value.messages, now: now)
        }
        self.windowBytes += count
        self.lastActivity = now
    }

    mutating func writing(now: NIODeadline) {
        if self.writesOutstanding == 0 { self.writeStart = now }
        self.writesOutstanding += 1
    }

    mutating func written(now: NIODeadline) {
        self.writesOutstanding -= 1
        self.writeStart = now
        self.lastActivity = now
    }

    private mutating func openWindow(_ messages: UInt64, now: NIODeadline) {
        self.windowStart = now
        self.windowBytes = 0
        self.windowMessages = messages
    }

    /// What the clock says of the association.
    enum Verdict: Equatable {
        /// Look again at this moment.
        case fine(until: NIODeadline)
        /// Inside a message, too little has come for too long.
        case stalled
        /// The peer does not take what we send.
        case blocked
        /// Nothing has happened for so long that we release.
        case idle
    }

    mutating func verdict(
        _ activity: AssociationActivity,
        isRequestor: Bool,
        withinPDU: Bool,
        timeouts: Timeouts,
        now: NIODeadline
    ) -> Verdict {
        if self.writesOutstanding > 0, now - self.writeStart >= timeouts.stall { return .blocked }
        if withinPDU || activity.isWithinMessage {
            let progressed = self.windowBytes >= Timeouts.stallBytes || activity.messages != self.windowMessages
            if progressed || !self.readOutstanding {
                self.openWindow(activity.messages, now: now)
            } else if now - self.windowStart >= timeouts.stall {
                return .stalled
            }
            return .fine(until: self.windowStart + timeouts.stall)
        }
        if isRequestor, activity.operations > 0, self.writesOutstanding == 0 {
            // We have asked, the peer owes the answer.
            if now - self.lastActivity >= timeouts.stall { return .stalled }
            return .fine(until: self.lastActivity + timeouts.stall)
        }
        if activity.operations > 0 || self.writesOutstanding > 0 { self.lastActivity = now }
        let limit = self.isStopping ? min(Timeouts.quiet, timeouts.idle) : timeouts.idle
        if now - self.lastActivity >= limit { return .idle }
        return .fine(until: min(self.lastActivity + limit, now + timeouts.stall))
    }
}

extension UpperLayerHandler {
    /// Looks at the clock, acts on what it says, and sets the timer for the next look.
    func checkProgress(context: ChannelHandlerContext) {
        // In Sta8 the peer has asked for release and owes us nothing; it may still not read.
        guard self.state == .sta6 || self.state == .sta8 else { return }
        let now = context.eventLoop.now
        let verdict = self.watch.verdict(
            self.activity.value,
            isRequestor: self.role == .requestor,
            withinPDU: self.isWithinPDU,
            timeouts: self.timeouts,
            now: now
        )
        switch verdict {
        case .fine(let until):
            // A stopping node looks often: the message under way may end, and the association be quiet, at any moment.
            let next = self.watch.isStopping ? min(until, now + Timeouts.quiet) : until
            self.scheduleWatch(at: next, context: context)
        case .blocked: self.abort("the peer does not read (stall)", context: context)
        case .stalled where self.state == .sta6:
            let isResponseDue = self.role == .requestor
            self.abort(
                isResponseDue ? "no response in time (response timeout)" : "no progress within a message (stall)",
                context: context
            )
        case .idle where self.state == .sta6: self.release(context: context)
        case .stalled, .idle: self.scheduleWatch(at: now + self.timeouts.stall, context: context)
        }
    }

    func scheduleWatch(context: ChannelHandlerContext) {
        self.scheduleWatch(at: context.eventLoop.now + min(self.timeouts.stall, self.timeouts.idle), context: context)
    }

    private func scheduleWatch(at deadline: NIODeadline, context: ChannelHandlerContext) {
        self.alarm.watch = deadline
        self.setAlarm(context: context)
    }
}
