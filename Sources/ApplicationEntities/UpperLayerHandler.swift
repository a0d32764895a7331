package import Associations
package import NIOCore

/// The upper-layer service-provider of one association (PS3.8 §9): bytes → PDU → state machine → effects.
///
/// It owns everything that must go on when tasks are cancelled: the state machine, its timer, the goodbye. A local close of the
/// channel, for whatever reason, becomes Evt15 wherever Table 9-10 defines it, so that cancellation, a thrown error and a bug
/// all end the same way: A-ABORT is written, and only when it has been flushed and the peer has closed (or ARTIM has
/// expired) does the channel close.
///
/// *Resources*: ends with its channel; `close` completes when the transport connection is closed.
///
/// *Errors*: a peer's fault is an event of the state machine, never a Swift error. The end is told once, as `ended`.
package final class UpperLayerHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = UpperLayerIndication
    package typealias OutboundIn = UpperLayerRequest
    package typealias OutboundOut = ByteBuffer

    /// Asks the node to stop this association as soon as it is idle: a user outbound event.
    package struct ReleaseWhenIdle: Sendable {
        package init() {}
    }

    /// Decides on a request before the user sees it (AE-6): a rejection by the service-provider, or nil.
    package typealias Admission = (AssociateRQ) -> AssociateRJ?
    /// Told when the association is over, though the connection may linger.
    package typealias Departure = () -> Void
    /// Told what is odd and tolerated, in words, for the log.
    package typealias Notice = (String) -> Void
    /// Told of each transition, for the log.
    package typealias Observer = (Transition) -> Void

    let timeouts: Timeouts
    let activity: SharedActivity
    private let admission: Admission
    private let departure: Departure
    private let notice: Notice
    private let observer: Observer
    let role: Role
    private var machine: AssociationStateMachine
    private var decoder: PDUDecoder
    /// Bytes received of an element that is not whole yet; nil most of the time.
    private var pending: ByteBuffer?
    /// Fragments decoded from the read in hand.
    private var fragments: [PDVFragment] = []
    private var artim: Scheduled<Void>?
    private var end: AssociationEnd?
    private var discarded = 0
    private var isOversizeNoticed = false
    /// Why the next A-ABORT of ours is sent, in words.
    private var cause = "the association's task ended"
    var watch = ProgressWatch()

    package init(
        role: Role,
        limits: Limits,
        timeouts: Timeouts,
        activity: SharedActivity,
        admission: @escaping Admission = { _ in nil },
        departure: @escaping Departure = {},
        notice: @escaping Notice = { _ in },
        observer: @escaping Observer = { _ in }
    ) {
        self.role = role
        self.machine = AssociationStateMachine(role: role)
        self.decoder = PDUDecoder(limits: limits.pduDecoder)
        self.timeouts = timeouts
        self.activity = activity
        self.admission = admission
        self.departure = departure
        self.notice = notice
        self.observer = observer
    }

    var state: State { self.machine.state }
    /// Bytes of a PDU are outstanding.
    var isWithinPDU: Bool { self.pending != nil || self.decoder.isWithinPDU }

    // MARK: Transport connection

    package func channelActive(context: ChannelHandlerContext) {
        switch self.role {
        case .acceptor:
            self.perform(.evt5, context: context)
        case .requestor:
            // The connection exists already: Evt1 and Evt2 come together, with the user's A-ASSOCIATE request.
            break
        }
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        self.transportClosed(context: context)
        context.fireChannelInactive()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Errors of the transport only (a reset, a time-out): the connection is gone.
        self.transportClosed(context: context)
        context.close(promise: nil)
    }

    private func transportClosed(context: ChannelHandlerContext) {
        self.cancelTimers()
        if self.machine.state != .sta1 {
            self.perform(.evt17, context: context)
        }
        self.finish(.transportClosed, context: context)
    }

    // MARK: Bytes from the peer

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = self.unwrapInboundIn(data)
        self.watch.received(buffer.readableBytes, handler: self, now: context.eventLoop.now)
        guard self.machine.state != .sta13 else {
            self.discard(buffer.readableBytes, context: context)
            return
        }
        self.completePending(from: &buffer, context: context)
        self.decode(&buffer, context: context)
        self.deliverFragments(context: context)
        if buffer.readableBytes > 0, self.isOpen {
            // Copied, so that a few bytes of a header do not pin a read buffer.
            self.pending = context.channel.allocator.buffer(buffer: buffer)
        }
    }

    /// Gives the decoder what it lacked. Of the new bytes only a header's worth is copied at a time, never the whole read; an
    /// association PDU, which is decoded when complete, takes all (the decoder has bounded its length).
    private func completePending(from buffer: inout ByteBuffer, context: ChannelHandlerContext) {
        while var whole = self.pending, buffer.readableBytes > 0 {
            let wanted = whole.readableBytes < Limits.headerBytes ? Limits.headerBytes : buffer.readableBytes
            if var part = buffer.readSlice(length: min(wanted, buffer.readableBytes)) {
                whole.writeBuffer(&part)
            }
            self.pending = nil
            self.decode(&whole, context: context)
            guard self.isOpen else { return }
            if whole.readableBytes > 0 {
                whole.discardReadBytes()
                self.pending = whole
            }
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        self.watch.readOutstanding = false
        context.fireChannelReadComplete()
        if self.machine.state == .sta13 {
            // Nobody else reads any more.
            context.read()
        }
    }

    package func read(context: ChannelHandlerContext) {
        self.watch.readOutstanding = true
        context.read()
    }

    private var isOpen: Bool { self.machine.state != .sta13 && self.machine.state != .sta1 }

    private func decode(_ buffer: inout ByteBuffer, context: ChannelHandlerContext) {
        do {
            while self.isOpen, let element = try self.decoder.next(from: &buffer) {
                self.take(element, context: context)
            }
        } catch {
            self.deliverFragments(context: context)
            self.cause = error.description
            self.perform(.evt19(error.reason), context: context)
        }
    }

    private func take(_ element: PDUDecoder.Element, context: ChannelHandlerContext) {
        switch element {
        case .fragment(let fragment):
            if self.machine.state == .sta6 {
                self.fragments.append(fragment)
            }
        case .dataTF(let length, let exceedsOffer):
            if exceedsOffer, !self.isOversizeNoticed {
                self.isOversizeNoticed = true
                self.notice("P-DATA-TF of \(length) bytes is longer than the maximum we offered")
            }
            if self.machine.state == .sta7, self.role == .acceptor {
                // The peer sends while we release: discarded, nothing is filed (PS3.8 §7.2.2.5 leaves it to the user).
                self.cause = "data after our A-RELEASE-RQ"
                self.perform(.evt15, context: context)
            } else {
                self.receive(.evt10, "P-DATA-TF", context: context)
            }
        case .pdu(let pdu):
            self.deliverFragments(context: context)
            switch pdu {
            case .associateRQ(let request):
                let rejection = self.machine.state == .sta2 ? self.admission(request) : nil
                self.receive(.evt6(request, rejection: rejection), "A-ASSOCIATE-RQ", context: context)
            case .associateAC(let answer): self.receive(.evt3(answer), "A-ASSOCIATE-AC", context: context)
            case .associateRJ(let answer): self.receive(.evt4(answer), "A-ASSOCIATE-RJ", context: context)
            case .releaseRQ: self.receive(.evt12, "A-RELEASE-RQ", context: context)
            case .releaseRP: self.receive(.evt13, "A-RELEASE-RP", context: context)
            case .abort(let abort):
                // Told first: what the table does next ends the association for good.
                self.finish(.abortedByPeer(abort), context: context)
                self.perform(.evt16(abort), context: context)
            case .dataTF: break  // Comes in parts, above.
            }
        }
    }

    private func receive(_ event: Event, _ name: String, context: ChannelHandlerContext) {
        self.cause = "unexpected \(name) in \(self.machine.state)"
        self.perform(event, context: context)
    }

    private func deliverFragments(context: ChannelHandlerContext) {
        guard !self.fragments.isEmpty else { return }
        let fragments = self.fragments
        self.fragments = []
        context.fireChannelRead(self.wrapInboundOut(.data(fragments)))
    }

    private func discard(_ count: Int, context: ChannelHandlerContext) {
        self.discarded += count
        if self.discarded > Limits.discardedBytes {
            context.close(promise: nil)
        }
    }

    // MARK: Requests of the user

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.unwrapOutboundIn(data) {
        case .associate(let request):
            self.perform(.evt1(request), context: context)
            self.perform(.evt2, context: context)
            self.startTimer(in: self.timeouts.artim, context: context) { handler, context in
                handler.abort("no answer to our A-ASSOCIATE-RQ", context: context)
            }
        case .accept(let answer): self.perform(.evt7(answer), context: context)
        case .reject(let rejection): self.perform(.evt8(rejection), context: context)
        case .release: self.release(context: context)
        case .releaseResponse: self.perform(.evt14, context: context)
        case .abort(let cause): self.abort(cause, context: context)
        case .data(let values):
            // In Sta8 too: AR-7 answers what was asked before the release.
            for value in values where self.machine.state == .sta6 || self.machine.state == .sta8 {
                self.perform(.evt9(value), context: context)
            }
        }
        promise?.succeed()
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all else {
            context.close(mode: mode, promise: promise)
            return
        }
        switch self.machine.state {
        case .sta1, .sta2, .sta4:
            // No association yet: Table 9-10 has no Evt15 for Sta1 and Sta2, and nothing to say in Sta4.
            self.finish(.aborted(nil, cause: self.cause), context: context)
            context.close(mode: mode, promise: promise)
        case .sta13:
            context.channel.closeFuture.cascade(to: promise)
        case .sta3, .sta5, .sta6, .sta7, .sta8, .sta9, .sta10, .sta11, .sta12:
            context.channel.closeFuture.cascade(to: promise)
            self.perform(.evt15, context: context)
        }
    }

    package func triggerUserOutboundEvent(
        context: ChannelHandlerContext,
        event: Any,
        promise: EventLoopPromise<Void>?
    ) {
        guard event is ReleaseWhenIdle else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        self.watch.isStopping = true
        if self.machine.state == .sta2 {
            context.close(promise: nil)
        } else {
            self.checkProgress(context: context)
        }
        promise?.succeed()
    }

    // MARK: Effects

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

    private func perform(_ event: Event, context: ChannelHandlerContext) {
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
        case .stop: self.artim?.cancel()
        case .start: self.startARTIM(context: context)
        }
        if let pdu = transition.pdu {
            self.send(pdu, context: context)
        }
        if let indication = transition.indication {
            self.indicate(indication, transition, context: context)
        }
        if transition.to == .sta13 {
            self.finishFrom(transition, context: context)
            self.pending = nil
            context.fireChannelReadComplete()
            context.read()
        } else if transition.to == .sta6, transition.from != .sta6 {
            self.artim?.cancel()
            self.watch.start(now: context.eventLoop.now)
            self.scheduleWatch(context: context)
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
        context.value.writeAndFlush(self.wrapOutboundOut(buffer), promise: written)
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

    private func finish(_ end: AssociationEnd, context: ChannelHandlerContext) {
        guard self.end == nil else { return }
        self.end = end
        self.departure()
        self.deliver(.ended(end), context: context)
    }

    // MARK: Timers

    private func startARTIM(context: ChannelHandlerContext) {
        let delay = self.machine.state == .sta13 ? min(Timeouts.closing, self.timeouts.artim) : self.timeouts.artim
        self.startTimer(in: delay, context: context) { handler, context in
            handler.perform(.evt18, context: context)
        }
    }

    private func startTimer(
        in delay: TimeAmount,
        context: ChannelHandlerContext,
        _ expired: @escaping (UpperLayerHandler, ChannelHandlerContext) -> Void
    ) {
        self.artim?.cancel()
        self.artim = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { expired(self, context) }
    }

    private func cancelTimers() {
        self.artim?.cancel()
        self.artim = nil
        self.watch.timer?.cancel()
        self.watch.timer = nil
    }
}
