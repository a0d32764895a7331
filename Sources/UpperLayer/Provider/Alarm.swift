import NIOCore

/// When an association's handler must act though nothing comes: a deadline of the protocol, the next look at its
/// progress, and the end of holding back responses.
///
/// One timer of the event loop serves all. It is set anew only for something earlier; what is later, or was stopped, is
/// found out when it fires, because most associations are over before, and starting and stopping then costs them
/// nothing.
struct Alarm {
    /// What a deadline of the protocol means.
    enum Deadline {
        /// ARTIM (PS3.8 §9.1.5).
        case artim
        /// The A-ASSOCIATE-AC or -RJ to our request.
        case associateResponse
        /// The A-RELEASE-RP to our request.
        case releaseResponse
    }

    /// What has come due.
    struct Due {
        var deadline: Deadline?
        var isProgress = false
        var isHolding = false
    }

    private var deadline: (time: NIODeadline, meaning: Deadline)?
    private var progress: NIODeadline?
    private var holding: NIODeadline?
    /// What the event loop was asked for.
    private var scheduled: (time: NIODeadline, callback: NIOScheduledCallback)?
    private var isFirst = true

    mutating func start(_ meaning: Deadline, at time: NIODeadline) { deadline = (time, meaning) }
    mutating func stop() { deadline = nil }
    mutating func look(at time: NIODeadline) { progress = time }
    var isHolding: Bool { holding != nil }
    mutating func hold(until time: NIODeadline?) { holding = time }

    /// Sees to it that what is due first is done in time.
    mutating func schedule(on loop: any EventLoop, for handler: some NIOScheduledCallbackHandler) {
        var next = holding
        if let progress { next = min(progress, next ?? progress) }
        if let deadline { next = min(deadline.time, next ?? deadline.time) }
        guard let next else { return }
        if let scheduled, scheduled.time <= next { return }
        // The first time early enough for a release, if that comes soon, because the timer need not be set again then.
        let time = isFirst ? min(next, loop.now + Timeouts.closing) : next
        isFirst = false
        scheduled?.callback.cancel()
        // Refused only by an event loop that has ended, with all its channels.
        let callback = try? loop.assumeIsolated().scheduleCallback(at: time, handler: handler)
        scheduled = callback.map { (time, $0) }
    }

    /// The event loop's timer has fired.
    mutating func fire(at now: NIODeadline) -> Due {
        scheduled = nil
        var due = Due()
        if let passed = deadline, passed.time <= now {
            due.deadline = passed.meaning
            deadline = nil
        }
        if let passed = progress, passed <= now {
            due.isProgress = true
            progress = nil
        }
        if let passed = holding, passed <= now {
            due.isHolding = true
            holding = nil
        }
        return due
    }

    /// The association is over.
    mutating func cancel() {
        scheduled?.callback.cancel()
        scheduled = nil
        (deadline, progress, holding) = (nil, nil, nil)
    }
}
