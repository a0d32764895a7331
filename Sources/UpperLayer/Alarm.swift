package import NIOCore

/// When an association's handler must act though nothing comes: ARTIM (PS3.8 §9.1.5) or another deadline of the
/// protocol, and the next look at its progress.
///
/// One timer of the event loop serves both. It is set anew only for something earlier; what is later, or was stopped,
/// is found out when it fires: most associations are over before, and starting and stopping cost them nothing.
struct Alarm {
    typealias Expired = (UpperLayerHandler, ChannelHandlerContext) -> Void

    /// The protocol's deadline, and what it means.
    var timer: (deadline: NIODeadline, expired: Expired)?
    /// The next look at the association's progress.
    var watch: NIODeadline?
    /// What the event loop was asked for.
    fileprivate var scheduled: (deadline: NIODeadline, callback: NIOScheduledCallback)?
    fileprivate var context: ChannelHandlerContext?

    fileprivate var deadline: NIODeadline? {
        guard let timer else { return self.watch }
        return min(timer.deadline, self.watch ?? timer.deadline)
    }

    fileprivate mutating func cancel() {
        self.scheduled?.callback.cancel()
        self.scheduled = nil
    }
}

extension UpperLayerHandler: NIOScheduledCallbackHandler {
    /// Sets the timer for the earliest of the deadlines.
    func setAlarm(context: ChannelHandlerContext) {
        guard let deadline = self.alarm.deadline else { return }
        if let scheduled = self.alarm.scheduled, scheduled.deadline <= deadline { return }
        // The first timer is set early, because most associations end soon: their release then finds a timer that fires
        // in time, and sets no other.
        let isFirst = self.alarm.context == nil
        let time = isFirst ? min(deadline, context.eventLoop.now + Timeouts.closing) : deadline
        self.alarm.cancel()
        self.alarm.context = context
        // Refused only by an event loop that has ended, with all its channels.
        let callback = try? context.eventLoop.assumeIsolated().scheduleCallback(at: time, handler: self)
        self.alarm.scheduled = callback.map { (time, $0) }
    }

    func cancelAlarm() {
        self.alarm.cancel()
        self.alarm = Alarm()
    }

    /// The time that was asked for has come: does what is due, and asks for the next.
    package func handleScheduledCallback(eventLoop: some EventLoop) {
        self.alarm.scheduled = nil
        guard let context = self.alarm.context else { return }
        let now = eventLoop.now
        if let timer = self.alarm.timer, timer.deadline <= now {
            self.alarm.timer = nil
            timer.expired(self, context)
        }
        if let watch = self.alarm.watch, watch <= now {
            self.alarm.watch = nil
            self.checkProgress(context: context)
        }
        if self.alarm.context != nil { self.setAlarm(context: context) }
    }
}
