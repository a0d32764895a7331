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
        /// There is nothing more to say.
        package init() {}
    }

    /// Decides on a request before the user sees it (AE-6): a rejection by the service-provider, or nil.
    package typealias Admission = (AssociateRQ) -> AssociateRJ?
    /// Told when the association is over, though the connection may linger.
    package typealias Departure = () -> Void
    /// Told what is odd and tolerated, in words, for the log.
    package typealias Notice = (String) -> Void
    /// Told of each transition, for the log.
    package typealias Observer = @Sendable (Transition) -> Void

    let timeouts: Timeouts
    let activity: SharedActivity
    let admission: Admission
    let departure: Departure
    let notice: Notice
    let observer: Observer
    let role: Role
    var machine: AssociationStateMachine
    var decoder: PDUDecoder
    /// Bytes received of an element that is not whole yet; nil most of the time.
    var pending: ByteBuffer?
    /// Fragments decoded from the read in hand.
    private var fragments: [PDVFragment] = []
    var end: AssociationEnd?
    private var discarded = 0
    private var isOversizeNoticed = false
    /// Why the next A-ABORT of ours is sent, in words.
    var cause: String {
        get { self.unexpected.map { "unexpected \($0.pdu) in \($0.state)" } ?? self.lastCause }
        set {
            self.lastCause = newValue
            self.unexpected = nil
        }
    }
    private var lastCause = "the association's task ended"
    /// What has come last, and in which state: put into words only if it was not to come.
    private var unexpected: (pdu: String, state: State)?
    /// The user has answered a release that collided with ours, before the peer has.
    var isReleaseResponseDue = false
    var watch = ProgressWatch()
    var alarm = Alarm()

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
        admission: @escaping Admission = { _ in nil },
        departure: @escaping Departure = {},
        notice: @escaping Notice = { _ in },
        observer: @escaping Observer = { _ in }
    ) {
        self.role = role
        self.machine = AssociationStateMachine(role: role)
        self.decoder = PDUDecoder(limits: limits)
        self.timeouts = timeouts.effective
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
        self.cancelAlarm()
        if self.machine.state != .sta1 {
            self.perform(.evt17, context: context)
        }
        self.finish(.transportClosed, context: context)
    }

    // MARK: Bytes from the peer

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = self.unwrapInboundIn(data)
        self.receive(&buffer, context: context)
    }

    func receive(_ buffer: inout ByteBuffer, context: ChannelHandlerContext) {
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
            let isHeader = whole.readableBytes < UpperLayerLimits.headerBytes
            let wanted = isHeader ? UpperLayerLimits.headerBytes : buffer.readableBytes
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

    var isOpen: Bool { self.machine.state != .sta13 && self.machine.state != .sta1 }

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
        self.unexpected = (name, self.machine.state)
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
        if self.discarded > UpperLayerLimits.discardedBytes {
            context.close(promise: nil)
        }
    }
}
