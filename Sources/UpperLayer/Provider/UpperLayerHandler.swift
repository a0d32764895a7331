package import Associations
package import NIOCore

/// The upper-layer service-provider of one association (PS3.8 §9): bytes → PDU → state machine → effects.
///
/// It owns everything that must go on when tasks are cancelled: the state machine, its timer, the last PDU. It has no
/// rule of its own: what happens is an input of ``AssociationPolicy`` or an event of Table 9-10, and what those decide
/// is done here, in the order of the standard. When the association ends, A-ABORT, A-ASSOCIATE-RJ or A-RELEASE-RP is
/// written, and only when it has been flushed and the peer has closed (or ARTIM has expired) does the channel close.
///
/// *Resources*: ends with its channel; `close` completes when the transport connection is closed.
///
/// *Errors*: a peer's fault is an event of the state machine, never a Swift error. The end is told once, as `ended`.
package final class UpperLayerHandler: ChannelDuplexHandler, NIOScheduledCallbackHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = UpperLayerIndication
    package typealias OutboundIn = UpperLayerRequest
    package typealias OutboundOut = ByteBuffer

    var timeouts: Timeouts
    private let activity: SharedActivity
    private let delegate: any UpperLayerDelegate
    private var machine: AssociationStateMachine
    private var policy: AssociationPolicy
    private var reader: PDUReader
    private var watch = ProgressWatch()
    private var alarm = Alarm()
    private var context: ChannelHandlerContext?
    /// The channel has been asked for no more, so that input may be unread.
    private var isReadWithheld = false
    /// Responses that are held back while the peer still sends.
    private var held: ByteBuffer?
    private var isEnded = false
    private var isOversizeNoticed = false
    /// Why the next A-ABORT of ours is sent, if no PDU is the reason.
    private var cause = "the association's task ended"

    /// Waits for the transport connection.
    ///
    /// - Parameters:
    ///   - limits: What is believed of the lengths that a peer claims.
    ///   - activity: What the association's tasks do, to be asked when nothing comes.
    package init(
        role: Role,
        limits: PDUDecoder.Limits,
        timeouts: Timeouts,
        activity: SharedActivity,
        delegate: any UpperLayerDelegate
    ) {
        machine = AssociationStateMachine(role: role)
        policy = AssociationPolicy(role: role)
        reader = PDUReader(limits: limits)
        self.timeouts = timeouts.effective
        self.activity = activity
        self.delegate = delegate
    }

    var state: State { machine.state }
    /// All that was sent is with the kernel.
    var isFlushed: Bool { watch.isFlushed && held == nil }

    func withholdRead() { isReadWithheld = true }

    // MARK: Transport connection

    package func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        alarm.cancel()
        delegate.connectionClosed()
    }

    package func channelActive(context: ChannelHandlerContext) {
        // A requestor's connection exists already: Evt1 and Evt2 come together, with the user's A-ASSOCIATE request.
        if policy.role == .acceptor { perform(.evt5, context) }
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        transportClosed(context)
        context.fireChannelInactive()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Errors of the transport only (a reset, a time-out): the connection is gone.
        transportClosed(context)
        context.close(promise: nil)
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            // What is complete has been delivered; nothing completes the rest.
            reader.discard()
            apply(.endOfInput(isFlushed: isFlushed), context)
            writeHeld(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func transportClosed(_ context: ChannelHandlerContext) {
        alarm.cancel()
        if machine.state != .sta1 { perform(.evt17, context) }
        finish(.transportClosed, context)
    }

    // MARK: Bytes from the peer

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        watch.received(
            buffer.readableBytes,
            withinPDU: reader.isWithinPDU,
            activity.value,
            now: context.eventLoop.now
        )
        guard apply(.bytes(count: buffer.readableBytes), context) == .decode else { return }
        reader.append(buffer)
        decode(context)
        deliverFragments(context)
        reader.finish(context.channel.allocator)
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        watch.readOutstanding = false
        context.fireChannelReadComplete()
        // After our last PDU no task reads any more.
        if machine.state == .sta13 { context.read() }
    }

    package func read(context: ChannelHandlerContext) {
        // A peer that has shut down its sending owes no byte.
        watch.readOutstanding = !policy.isInputEnded
        isReadWithheld = false
        writeHeld(context)
        context.read()
    }

    private func decode(_ context: ChannelHandlerContext) {
        do {
            while AssociationPolicy.isOpen(in: machine.state), let element = try reader.next() {
                take(element, context)
            }
        } catch {
            deliverFragments(context)
            cause = error.description
            perform(.evt19(error.reason), context)
        }
    }

    private func take(_ element: PDUDecoder.Element, _ context: ChannelHandlerContext) {
        switch element {
        case .fragment(let fragment):
            if AssociationPolicy.takesData(in: machine.state), !reader.collect(fragment) {
                abort("more than \(UpperLayerLimits.fragmentsInARead) messages in one read", context)
            }
        case .dataTF(let length, let exceedsOffer):
            if exceedsOffer, !isOversizeNoticed {
                isOversizeNoticed = true
                delegate.noticed("P-DATA-TF of \(length) bytes is longer than the maximum we offered")
            }
            apply(.dataTF, context)
        case .pdu(let pdu):
            deliverFragments(context)
            take(pdu, context)
        }
    }

    private func take(_ pdu: PDU, _ context: ChannelHandlerContext) {
        switch pdu {
        case .associateRQ(let request):
            let rejection = machine.state == .sta2 ? delegate.rejection(of: request) : nil
            perform(.evt6(request, rejection: rejection), context)
        case .associateAC(let answer): perform(.evt3(answer), context)
        case .associateRJ(let answer): perform(.evt4(answer), context)
        case .releaseRQ: perform(.evt12, context)
        case .releaseRP: perform(.evt13, context)
        case .abort(let abort):
            // Told first: what the table does next ends the association for good.
            finish(.abortedByPeer(abort), context)
            perform(.evt16(abort), context)
        case .dataTF: break  // Comes in parts, above.
        }
    }

    private func deliverFragments(_ context: ChannelHandlerContext) {
        let fragments = reader.collected()
        if !fragments.isEmpty { context.fireChannelRead(wrapInboundOut(.data(fragments))) }
    }

    // MARK: Events and their effects

    /// What ``AssociationPolicy`` decides on an input, done; and for the caller to see.
    @discardableResult
    func apply(_ input: AssociationPolicy.Input, _ context: ChannelHandlerContext) -> AssociationPolicy.Decision {
        let decision = policy.decide(input, in: machine.state)
        switch decision {
        case .nothing, .decode: break
        case .perform(let local):
            if case .dataTF = input, local == .evt15 { cause = "data after our A-RELEASE-RQ" }
            perform(local.event, context)
        case .indicateRelease: deliver(.release, context)
        case .closeOutput: context.close(mode: .output, promise: nil)
        case .close:
            finish(.aborted(nil, cause: cause), context)
            context.close(promise: nil)
        case .end:
            perform(.evt17, context)
            finish(.transportClosed, context)
            context.close(promise: nil)
        }
        return decision
    }

    /// Table 9-10 on an event, and its effects in the order that the standard gives them.
    func perform(_ event: Event, _ context: ChannelHandlerContext) {
        let transition: Transition
        do {
            transition = try machine.handle(event)
        } catch {
            // Our own bug, or a request that crossed an event (a response after the peer's abort): nothing to send any
            // more.
            return
        }
        delegate.performed(transition)
        switch transition.artim {
        case .unchanged: break
        case .stop: alarm.stop()
        case .start: start(.artim, in: timeouts.artim(for: transition, role: policy.role), context)
        }
        let isEntered = transition.to != transition.from
        if isEntered {
            reader.expectedAssociatePDU = AssociationPolicy.expectedAssociatePDU(in: transition.to)
            // Before the PDU is sent, because the peer may close on it at once, and what ended the association was
            // this.
            if transition.to == .sta13 { finish(AssociationEnd(transition, cause: cause), context) }
        }
        if let pdu = transition.pdu { send(pdu, context) }
        if let indication = transition.indication { indicate(indication, context) }
        if isEntered { enter(transition.to, context) }
        if transition.transport == .close {
            finish(AssociationEnd(transition, cause: cause), context)
            context.close(promise: nil)
        }
    }

    private func enter(_ state: State, _ context: ChannelHandlerContext) {
        if state == .sta13 {
            reader.discard()
            context.fireChannelReadComplete()
            context.read()
        } else if state == .sta6 {
            alarm.stop()
            watch.start(now: context.eventLoop.now)
            checkProgress(context)
        }
        apply(.entered, context)
    }

    private func indicate(_ indication: Indication, _ context: ChannelHandlerContext) {
        switch indication {
        case .associate(let request): deliver(.associate(request), context)
        case .associateAccepted(let answer): deliver(.associateAccepted(answer), context)
        case .associateRejected(let rejection):
            deliver(.associateRejected(rejection), context)
            finish(.rejected(rejection), context)
        case .release: deliver(.release, context)
        case .releaseConfirmed: finish(.released, context)
        case .data, .aborted, .providerAborted: break
        }
    }

    private func deliver(_ indication: UpperLayerIndication, _ context: ChannelHandlerContext) {
        context.fireChannelRead(wrapInboundOut(indication))
        context.fireChannelReadComplete()
    }

    private func finish(_ end: AssociationEnd, _ context: ChannelHandlerContext) {
        guard !isEnded else { return }
        isEnded = true
        activity.end = end
        delegate.associationEnded()
        deliver(.ended(end), context)
    }

    // MARK: Writing

    private func send(_ pdu: PDU, _ context: ChannelHandlerContext) {
        var buffer = held.take() ?? context.channel.allocator.buffer(capacity: UpperLayerLimits.encodedBytes)
        do {
            try pdu.encode(into: &buffer)
        } catch {
            // Only a value of ours that no PDU can hold: nothing is sent, the association cannot go on.
            finish(.aborted(nil, cause: "\(error)"), context)
            context.close(promise: nil)
            return
        }
        if case .dataTF = pdu, isHolding, buffer.readableBytes < UpperLayerLimits.heldBytes {
            hold(buffer, context)
        } else {
            write(buffer, context)
        }
    }

    private var isHolding: Bool {
        policy.holdsResponses(
            in: machine.state,
            isReadWithheld: isReadWithheld,
            isWithinMessage: reader.isWithinMessage || reader.isWithinPDU
        )
    }

    private func hold(_ responses: ByteBuffer, _ context: ChannelHandlerContext) {
        held = responses
        guard !alarm.isHolding else { return }
        alarm.hold(until: context.eventLoop.now + UpperLayerLimits.holding)
        alarm.schedule(on: context.eventLoop, for: self)
    }

    /// Writes the responses that were held back, if nothing speaks for holding them any more.
    private func writeHeld(_ context: ChannelHandlerContext, isExpired: Bool = false) {
        guard let responses = held else { return }
        if isExpired, isReadWithheld {
            // It is this side that is late.
            hold(responses, context)
        } else if isExpired || !isHolding {
            held = nil
            alarm.hold(until: nil)
            write(responses, context)
        }
    }

    /// Writes bytes, and notes how long the peer takes to read them.
    private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        watch.writing(now: context.eventLoop.now)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { result in
            self.watch.written(now: context.eventLoop.now)
            if self.watch.isFlushed, case .success = result { self.apply(.flushed, context) }
        }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: written)
    }

    // MARK: Deadlines

    func start(_ deadline: Alarm.Deadline, in delay: TimeAmount, _ context: ChannelHandlerContext) {
        alarm.start(deadline, at: context.eventLoop.now + delay)
        alarm.schedule(on: context.eventLoop, for: self)
    }

    package func handleScheduledCallback(eventLoop: some EventLoop) {
        let due = alarm.fire(at: eventLoop.now)
        guard let context else { return }
        switch due.deadline {
        case nil: break
        case .artim: perform(.evt18, context)
        case .associateResponse: abort("no answer to our A-ASSOCIATE-RQ", context)
        case .releaseResponse: abort("no answer to our A-RELEASE-RQ", context)
        }
        if due.isHolding { writeHeld(context, isExpired: true) }
        if due.isProgress { checkProgress(context) }
        alarm.schedule(on: eventLoop, for: self)
    }

    /// Looks at the clock, acts on what it says, and sets the timer for the next look.
    func checkProgress(isStopping: Bool = false, _ context: ChannelHandlerContext) {
        if isStopping { watch.isStopping = true }
        let now = context.eventLoop.now
        let verdict = watch.verdict(
            activity.value,
            in: machine.state,
            expectsBytes: policy.expectsBytes(in: machine.state),
            withinPDU: reader.isWithinPDU,
            timeouts: timeouts,
            now: now
        )
        switch verdict {
        case .over: break
        case .fine(let until):
            alarm.look(at: until)
            alarm.schedule(on: context.eventLoop, for: self)
        case .blocked: abort("the peer does not read (stall)", context)
        case .stalled: abort(activity.value.owed, context)
        case .idle: release(context)
        }
    }

    /// Releases on our own account (idle, stopping) or the user's: Evt11, and a deadline for the answer.
    func release(_ context: ChannelHandlerContext) {
        guard apply(.releaseRequest, context) != .nothing else { return }
        start(.releaseResponse, in: Timeouts.release, context)
    }

    /// Aborts on our own account: Evt15.
    func abort(_ words: String, _ context: ChannelHandlerContext) {
        cause = words
        apply(.abortRequest, context)
    }
}
