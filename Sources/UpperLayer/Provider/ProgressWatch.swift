import Associations
import NIOCore

/// Watches that an established association moves: `stall` inside a message and for a peer that does not read, `idle`
/// between messages.
///
/// Looked at when its time has come, which is never moved in between: a read costs an addition here, not a timer.
struct ProgressWatch {
    /// The transport has been asked for more: from here on it is the peer that is late.
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
        lastActivity = now
        windowStart = now
    }

    mutating func received(
        _ count: Int,
        withinPDU: Bool,
        _ activity: @autoclosure () -> AssociationActivity,
        now: NIODeadline
    ) {
        if !withinPDU {
            let activity = activity()
            // A message may begin here: its first window does.
            if !activity.isWithinMessage { openWindow(activity.messages, now: now) }
        }
        windowBytes += count
        lastActivity = now
    }

    /// All that was written is with the kernel.
    var isFlushed: Bool { writesOutstanding == 0 }

    mutating func writing(now: NIODeadline) {
        if writesOutstanding == 0 { writeStart = now }
        writesOutstanding += 1
    }

    mutating func written(now: NIODeadline) {
        writesOutstanding -= 1
        writeStart = now
        lastActivity = now
    }

    private mutating func openWindow(_ messages: UInt64, now: NIODeadline) {
        windowStart = now
        windowBytes = 0
        windowMessages = messages
    }

    /// What the clock says of the association.
    enum Verdict: Equatable {
        /// There is nothing to watch.
        case over
        /// Look again at this moment.
        case fine(until: NIODeadline)
        /// Inside a message, too little has come for too long.
        case stalled
        /// The peer does not take what we send.
        case blocked
        /// Nothing has happened for so long that we release.
        case idle
    }

    /// The verdict on an association in this state; the next look is soon while the node stops.
    ///
    /// - Parameter expectsBytes: The peer may still send; a peer that may not is watched only for whether it reads.
    mutating func verdict(
        _ activity: AssociationActivity,
        in state: State,
        expectsBytes: Bool,
        withinPDU: Bool,
        timeouts: Timeouts,
        now: NIODeadline
    ) -> Verdict {
        guard AssociationPolicy.sendsData(in: state) else { return .over }
        let verdict = verdict(activity, withinPDU: withinPDU, timeouts: timeouts, now: now)
        switch verdict {
        // The message under way may end, and the association be quiet, at any moment.
        case .fine(let until): return .fine(until: isStopping ? min(until, now + Timeouts.quiet) : until)
        case .stalled, .idle: return expectsBytes ? verdict : .fine(until: now + timeouts.stall)
        case .blocked, .over: return verdict
        }
    }

    mutating func verdict(
        _ activity: AssociationActivity,
        withinPDU: Bool,
        timeouts: Timeouts,
        now: NIODeadline
    ) -> Verdict {
        if writesOutstanding > 0, now - writeStart >= timeouts.stall { return .blocked }
        if withinPDU || activity.isWithinMessage {
            let progressed = windowBytes >= Timeouts.stallBytes || activity.messages != windowMessages
            if progressed || !readOutstanding || activity.isLate {
                openWindow(activity.messages, now: now)
            } else if now - windowStart >= timeouts.stall {
                return .stalled
            }
            // `idle` too, because `stall` may be off, and the message's end sets no timer.
            return .fine(until: min(windowStart + timeouts.stall, now + timeouts.idle))
        }
        if activity.invocations > 0, writesOutstanding == 0 {
            // We have asked, the peer owes the answer.
            if now - lastActivity >= timeouts.stall { return .stalled }
            return .fine(until: min(lastActivity + timeouts.stall, now + timeouts.idle))
        }
        if activity.operations > 0 || writesOutstanding > 0 { lastActivity = now }
        let limit = isStopping ? min(Timeouts.quiet, timeouts.idle) : timeouts.idle
        if now - lastActivity >= limit { return .idle }
        return .fine(until: min(lastActivity + limit, now + timeouts.stall))
    }
}
