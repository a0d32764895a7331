import ApplicationEntities
import Associations
import DIMSE
import NIOCore
import NIOEmbedded
import UpperLayer

/// An association without sockets, tasks or disk: the real upper layer, the real messages, and a user that answers at
/// once.
final class FuzzedAssociation {
    /// What the peer saw, and what we were told.
    struct Course: Equatable {
        var sent = ByteBuffer()
        var messages: [MessageAssembler.Element] = []
        var end: AssociationEnd?
    }

    private let channel = EmbeddedChannel()
    private let role: Role
    private let activity: SharedActivity
    private var course = Course()
    private var negotiated: Negotiated?
    private var assembler = MessageAssembler(limits: MessageAssembler.Limits(commandSet: 4_096))
    /// The answer that is due when the data set has been drained.
    private var response: (bytes: ByteBuffer, contextID: UInt8)?

    private static let address = try? SocketAddress(ipAddress: "127.0.0.1", port: 104)

    init(role: Role) throws(Violation) {
        self.role = role
        activity = SharedActivity()
        let handler = UpperLayerHandler(
            role: role,
            limits: Limits().pduDecoder,
            timeouts: Timeouts(),
            activity: activity,
            delegate: Provider()
        )
        do {
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            throw Violation("no pipeline: \(error)")
        }
        if let address = Self.address { channel.connect(to: address, promise: nil) }
        if role == .requestor { ask(.associate(Self.request)) }
    }

    /// The side that owns the connection rejects what the service-provider does.
    private struct Provider: UpperLayerDelegate {
        func rejection(of request: AssociateRQ) -> AssociateRJ? { NegotiationPolicy.providerRejection(of: request) }
    }

    /// One read of the socket.
    func receive(_ bytes: ByteBuffer) {
        guard channel.isActive else { return }
        channel.pipeline.fireChannelRead(bytes)
        channel.pipeline.fireChannelReadComplete()
        // The node is never late here: the peer owes the next bytes.
        channel.read()
        channel.embeddedEventLoop.run()
    }

    /// The peer shuts down its sending.
    func endInput() {
        guard channel.isActive else { return }
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        channel.embeddedEventLoop.run()
    }

    func befall(_ incident: AssociationBody.Incident) {
        switch incident {
        case .none: break
        case .release: ask(.release)
        case .abort: ask(.abort(cause: "fuzzed"))
        case .close: channel.close(promise: nil)
        case .stop: channel.triggerUserOutboundEvent(UpperLayerHandler.ReleaseWhenIdle(), promise: nil)
        case .stall: channel.embeddedEventLoop.advanceTime(by: .seconds(61))
        case .idle: channel.embeddedEventLoop.advanceTime(by: .seconds(301))
        case .peerCloses:
            // From the handler downwards: a close of ours would begin above it.
            let handler = try? channel.pipeline.syncOperations.context(handlerType: UpperLayerHandler.self)
            handler?.close(promise: nil)
        }
        channel.embeddedEventLoop.run()
    }

    private func ask(_ request: UpperLayerRequest) {
        channel.writeAndFlush(request, promise: nil)
        channel.embeddedEventLoop.run()
    }

    // MARK: The user

    /// The user looks at what it has been told, and answers.
    func look() throws(Violation) {
        while let indication = try? channel.readInbound(as: UpperLayerIndication.self) {
            try expect(course.end == nil, "told after the end: \(indication)")
            switch indication {
            case .associate(let request): associate(request)
            case .associateAccepted(let answer):
                negotiated = Negotiated(request: Self.request, answer: answer)
                send(.cEchoRQ(CEchoRQ(messageID: 1, affectedSOPClassUID: SOPClasses.verification)), 1)
            case .associateRejected: break
            case .data(let fragments): for fragment in fragments { take(fragment) }
            case .release: ask(.releaseResponse)
            case .ended(let end): course.end = end
            }
        }
    }

    private func associate(_ request: AssociateRQ) {
        switch Self.policy.answer(request) {
        case .accept(let answer, let negotiated):
            self.negotiated = negotiated
            ask(.accept(answer))
        case .reject(let rejection): ask(.reject(rejection))
        }
    }

    private func take(_ fragment: PDVFragment) {
        guard negotiated?.contexts[fragment.presentationContextID] != nil else {
            return ask(.abort(cause: "context not accepted"))
        }
        do {
            if let element = try assembler.take(fragment) { take(element) }
        } catch {
            ask(.abort(cause: error.description))
        }
        activity.value.isWithinMessage = assembler.isWithinMessage
    }

    private func take(_ element: MessageAssembler.Element) {
        switch (element, course.messages.last) {
        case (.data(let more, let isLast), .data(var bytes, isLast: false)):
            bytes.writeImmutableBuffer(more)
            course.messages[course.messages.count - 1] = .data(bytes, isLast: isLast)
        default: course.messages.append(element)
        }
        switch element {
        case .command(let command, let contextID, let hasDataSet):
            response = answer(to: command).map { ($0.encoded(), contextID) }
            if !hasDataSet { complete() }
        case .data(_, let isLast): if isLast { complete() }
        }
    }

    private func answer(to command: Command) -> Command? {
        switch command {
        case .cEchoRQ(let request): .cEchoRSP(CEchoRSP(to: request, status: .success))
        case .cStoreRQ(let request): .cStoreRSP(CStoreRSP(to: request, status: .success))
        default: command.refusal()
        }
    }

    private func complete() {
        activity.value.messages += 1
        guard let (bytes, contextID) = response else { return }
        response = nil
        send(bytes, contextID)
    }

    private func send(_ command: Command, _ contextID: UInt8) { send(command.encoded(), contextID) }

    private func send(_ bytes: ByteBuffer, _ contextID: UInt8) {
        let fragmenter = MessageFragmenter(
            peerMaximumLength: negotiated?.peerMaximumLength,
            ownLimit: UpperLayerLimits.sentPDULength
        )
        ask(.data(Array(fragmenter.fragments(of: bytes, presentationContextID: contextID, isCommand: true))))
    }

    // MARK: The end

    /// The peer says nothing any more, and whatever it is that we wait for must end.
    func finish() throws(Violation) -> Course {
        try look()
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        try look()
        try expect(!channel.isActive, "the connection stays open")
        _ = try? channel.finish(acceptAlreadyClosed: true)
        try look()
        while let bytes = try? channel.readOutbound(as: ByteBuffer.self) { course.sent.writeImmutableBuffer(bytes) }
        try checkEnd()
        try checkSent()
        return course
    }

    private func checkEnd() throws(Violation) {
        guard let end = course.end else { throw Violation("no end was told") }
        if case .aborted(nil, let cause) = end {
            // Only where there is no association yet does the standard have nothing to say.
            try expect(negotiated == nil, "closed without a word: \(cause)")
        }
    }

    /// All that we send are PDUs, and nothing follows the last word.
    private func checkSent() throws(Violation) {
        var buffer = course.sent
        var decoder = PDUDecoder(limits: Limits().pduDecoder)
        var last: PDU?
        do {
            while let element = try decoder.next(from: &buffer) {
                if let last { throw Violation("sent after \(last): \(element)") }
                switch element {
                case .pdu(.abort(let abort)): last = .abort(abort)
                case .pdu(.associateRJ(let rejection)): last = .associateRJ(rejection)
                default: break
                }
            }
        } catch let violation as Violation {
            throw violation
        } catch {
            throw Violation("sent what is no PDU: \(error)")
        }
        try expect(buffer.readableBytes == 0 && !decoder.isWithinPDU, "sent half a PDU")
    }

    private static let policy = NegotiationPolicy(
        maximumLengthReceived: 16_384,
        implementationClassUID: "2.25.1",
        implementationVersionName: "FUZZ",
        operations: 16,
        terms: { $0 == SOPClasses.verification ? ContextTerms() : nil }
    )

    private static let request = AssociateRQ(
        calledAETitle: AETitle(asSent: "CALLED".utf8),
        callingAETitle: AETitle(asSent: "CALLING".utf8),
        presentationContexts: [1, 3, 5, 7].map {
            ProposedPresentationContext(
                id: $0,
                abstractSyntax: SOPClasses.verification,
                transferSyntaxes: [.implicitVRLittleEndian, .explicitVRLittleEndian]
            )
        },
        userInformation: UserInformation(maximumLengthReceived: 16_384)
    )
}
