import Associations
import NIOCore

// What a transition of the state machine means here, performed in the order that the standard gives it.
extension UpperLayerHandler {
    /// Releases on our own account (idle, stopping): Evt11, and a deadline for the answer.
    func release(context: ChannelHandlerContext) {
        // A request that crosses the end must not take the place of the timer that closes the connection.
        guard self.machine.state == .sta6 else { return }
        self.perform(.evt11, context: context)
        self.startTimer(in: Timeouts.release, context: context) { handler, context in
            handler.abort("no answer to our A-RELEASE-RQ", context: context)
        }
    }

    /// Aborts on our own account: Evt15.
    func abort(_ cause: String, context: ChannelHandlerContext) {
        self.cause = cause
        guard self.isOpen else { return }
        self.perform(.evt15, context: context)
    }

    func perform(_ event: Event, context: ChannelHandlerContext) {
        let transition: Transition
        do {
            transition = try self.machine.handle(event)
        } catch {
            // Our own bug, or a request that crossed an event (a response after the peer's abort): nothing to send any more.
            return
        }
        self.observer(transition)
        self.decoder.expectedAssociatePDU = self.expectedAssociatePDU
        switch transition.artim {
        case .unchanged: break
        case .stop: self.alarm.timer = nil
        case .start: self.startARTIM(context: context)
        }
        if transition.to == .sta13 {
            // Before the PDU is sent: the peer may close on it at once, and what ended the association was this.
            self.finishFrom(transition, context: context)
        }
        if let pdu = transition.pdu {
            self.send(pdu, context: context)
        }
        if let indication = transition.indication {
            self.indicate(indication, transition, context: context)
        }
        if transition.to == .sta13 {
            self.pending = nil
            context.fireChannelReadComplete()
            context.read()
        } else if transition.to == .sta6, transition.from != .sta6 {
            self.alarm.timer = nil
            self.watch.start(now: context.eventLoop.now)
            self.scheduleWatch(context: context)
        }
        if transition.to == .sta12, self.isReleaseResponseDue {
            self.isReleaseResponseDue = false
            self.perform(.evt14, context: context)
        }
        if transition.transport == .close {
            self.finishFrom(transition, context: context)
            context.close(promise: nil)
        }
    }

    /// Which A-ASSOCIATE PDU may come now: no other is waited for, so that nobody makes us hold one out of turn.
    private var expectedAssociatePDU: PDUDecoder.ExpectedAssociatePDU {
        switch self.machine.state {
        case .sta2: .request
        case .sta5: .answer
        default: .none
        }
    }

    private func send(_ pdu: PDU, context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: 256)
        do {
            try pdu.encode(into: &buffer)
        } catch {
            // Only a value of ours that no PDU can hold: nothing is sent, the association cannot go on.
            self.cause = "\(error)"
            context.close(promise: nil)
            return
        }
        self.write(buffer, context: context)
    }

    /// Writes bytes, and notes how long the peer takes to read them.
    func write(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
        self.watch.writing(now: context.eventLoop.now)
        let written = context.eventLoop.makePromise(of: Void.self)
        let isLast = self.machine.state == .sta13
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { result in
            handler.value.watch.written(now: context.value.eventLoop.now)
            // Our last words are with the kernel: now, and not before, say that no more will come. Closing outright with input
            // unread would send RST, which can destroy the answer on its way.
            if isLast, case .success = result {
                context.value.close(mode: .output, promise: nil)
            }
        }
        context.value.writeAndFlush(self.wrapOutboundOut(bytes), promise: written)
    }

    private func indicate(_ indication: Indication, _ transition: Transition, context: ChannelHandlerContext) {
        switch indication {
        case .associate(let request): self.deliver(.associate(request), context: context)
        case .associateAccepted(let answer): self.deliver(.associateAccepted(answer), context: context)
        case .associateRejected(let rejection):
            self.deliver(.associateRejected(rejection), context: context)
            self.finish(.rejected(rejection), context: context)
        case .release:
            self.deliver(.release, context: context)
        case .releaseConfirmed: self.finish(.released, context: context)
        case .data, .aborted, .providerAborted: break
        }
    }

    private func deliver(_ indication: UpperLayerIndication, context: ChannelHandlerContext) {
        context.fireChannelRead(self.wrapInboundOut(indication))
        context.fireChannelReadComplete()
    }

    /// The end that a transition means: by what we sent, or by what was expected.
    private func finishFrom(_ transition: Transition, context: ChannelHandlerContext) {
        switch transition.pdu {
        case .abort(let abort): self.finish(.aborted(abort, cause: self.cause), context: context)
        case .associateRJ(let rejection): self.finish(.rejected(rejection), context: context)
        case .releaseRP: self.finish(.released, context: context)
        default:
            self.finish(.aborted(nil, cause: transition.event == 18 ? "ARTIM expired" : self.cause), context: context)
        }
    }

    func finish(_ end: AssociationEnd, context: ChannelHandlerContext) {
        guard self.end == nil else { return }
        self.end = end
        self.departure()
        self.deliver(.ended(end), context: context)
    }

    // MARK: Timers

    func startARTIM(context: ChannelHandlerContext) {
        let delay = self.machine.state == .sta13 ? min(Timeouts.closing, self.timeouts.artim) : self.timeouts.artim
        self.startTimer(in: delay, context: context) { handler, context in
            handler.perform(.evt18, context: context)
        }
    }

    func startTimer(in delay: TimeAmount, context: ChannelHandlerContext, _ expired: @escaping Alarm.Expired) {
        self.alarm.timer = (context.eventLoop.now + delay, expired)
        self.setAlarm(context: context)
    }
}
