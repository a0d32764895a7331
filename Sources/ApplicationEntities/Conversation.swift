import Associations
import DIMSE
import Logging
import NIOCore
import Nursery
import ServiceClasses

/// The messages of one established association (PS3.7): fragments in, responses out.
///
/// Copying it would be wrong: it owns the reception under way, and with it a temporary file.
///
/// *Resources*: ``end()`` must be called; it drops an instance whose data set will not be completed.
///
/// *Errors*: a fault against the structure of messages (PS3.7 §6.3) is answered by A-ABORT through the upper layer, after which the
/// indications end by themselves. Everything else is a failure status.
struct Conversation: ~Copyable {
    private let negotiated: Negotiated
    private let storage: StorageSCP
    private let outbound: NIOAsyncChannelOutboundWriter<UpperLayerRequest>
    private let activity: SharedActivity
    private let responses: ResponseOrder
    private let fragmenter: MessageFragmenter
    private let logger: Logger
    private var assembler: MessageAssembler
    private var current = Current.nothing
    private var isAborted = false

    /// The message whose data set is arriving, and where its response goes.
    private enum Current: ~Copyable {
        /// Between messages; or a message that wants no answer (a C-CANCEL), whose data is drained.
        case nothing
        case store(InstanceReception, ResponseOrder.Ticket, contextID: UInt8)
        /// The data is drained, then this is the answer.
        case answer(ByteBuffer, ResponseOrder.Ticket, contextID: UInt8)
    }

    init(
        negotiated: Negotiated,
        storage: StorageSCP,
        outbound: NIOAsyncChannelOutboundWriter<UpperLayerRequest>,
        activity: SharedActivity,
        eventLoop: any EventLoop,
        limits: Limits,
        logger: Logger
    ) {
        self.negotiated = negotiated
        self.storage = storage
        self.outbound = outbound
        self.activity = activity
        self.logger = logger
        self.assembler = MessageAssembler(limits: limits.messageAssembler)
        self.fragmenter = MessageFragmenter(
            peerMaximumLength: negotiated.peerMaximumLength,
            ownLimit: Limits.sentPDULength
        )
        self.responses = ResponseOrder(
            eventLoop: eventLoop,
            activity: activity,
            outbound: outbound,
            isOrdered: !negotiated.windowNegotiated,
            limit: max(1, limits.operations)
        )
    }

    /// Takes the fragments of one read.
    mutating func take(_ fragments: [PDVFragment], in operations: borrowing Nursery) async throws {
        for fragment in fragments where !self.isAborted {
            switch self.assemble(fragment) {
            case .success(nil): break
            case .success(let element?): await self.take(element, in: operations)
            case .failure(let error):
                self.isAborted = true
                try await self.outbound.write(.abort(cause: error.description))
            }
            self.activity.value.isWithinMessage = self.assembler.isWithinMessage
        }
    }

    private mutating func assemble(_ fragment: PDVFragment) -> Result<MessageAssembler.Element?, MessageFault> {
        guard self.negotiated.contexts[fragment.presentationContextID] != nil else {
            return .failure(.contextNotAccepted(fragment.presentationContextID))
        }
        do {
            return .success(try self.assembler.take(fragment))
        } catch {
            return .failure(.message(error))
        }
    }

    /// The association is over: what has not arrived whole is dropped.
    mutating func end() async {
        if case .store(let reception, _, _) = self.takeCurrent() {
            await reception.discard()
        }
    }

    private mutating func takeCurrent() -> Current {
        let current = self.current
        self.current = .nothing
        return current
    }

    private mutating func take(_ element: MessageAssembler.Element, in operations: borrowing Nursery) async {
        switch element {
        case .command(let command, let contextID, let hasDataSet):
            self.current = await self.begin(command, on: contextID)
            if !hasDataSet { await self.complete(in: operations) }
        case .data(let bytes, let isLast):
            if case .store(var reception, let ticket, let contextID) = self.takeCurrent() {
                await reception.receive(bytes)
                self.current = .store(reception, ticket, contextID: contextID)
            }
            if isLast { await self.complete(in: operations) }
        }
    }

    /// Decides on a command; its data set, if any, comes next.
    private func begin(_ command: Command, on contextID: UInt8) async -> Current {
        guard !command.field.isResponse else {
            return .unasked
        }
        guard let messageID = command.messageID else {
            self.logger.debug("command ignored", metadata: ["command": "\(command)"])
            return .nothing
        }
        guard let ticket = await self.responses.begin(messageID) else {
            return self.answer(
                command.refusal(.duplicateInvocation, comment: "Message ID \(messageID) is still outstanding"),
                self.responses.beginRefusal(messageID),
                contextID
            )
        }
        switch command {
        case .cStoreRQ(let request):
            guard let context = self.negotiated.contexts[contextID] else { return .nothing }
            guard request.hasDataSet else {
                return self.answer(command.refusal(.cannotUnderstand, comment: "No data set"), ticket, contextID)
            }
            let reception = self.storage.begin(
                request,
                on: context,
                from: self.negotiated.callingAETitle,
                logger: self.logger
            )
            return .store(reception, ticket, contextID: contextID)
        case .cEchoRQ(let request):
            return self.answer(VerificationSCP.answer(request).encoded(), ticket, contextID)
        case .invalid(_, let fault):
            self.logger.warning("command refused", metadata: ["reason": "\(fault)"])
            return self.answer(command.refusal(fault.status, comment: fault.comment), ticket, contextID)
        default:
            self.logger.warning("operation not recognized", metadata: ["command": "\(command)"])
            return self.answer(
                command.refusal(.unrecognizedOperation, comment: "Operation not supported by this node"),
                ticket,
                contextID
            )
        }
    }

    private func answer(_ response: ByteBuffer, _ ticket: ResponseOrder.Ticket, _ contextID: UInt8) -> Current {
        .answer(response, ticket, contextID: contextID)
    }

    /// The message is complete: an instance is committed by a child, so that the next message streams in meanwhile.
    private mutating func complete(in operations: borrowing Nursery) async {
        self.activity.value.messages += 1
        let (responses, fragmenter) = (self.responses, self.fragmenter)
        switch self.takeCurrent() {
        case .nothing:
            break
        case .answer(let response, let ticket, let contextID):
            await responses.finish(ticket, with: fragmenter.command(response, contextID))
        case .store(let reception, let ticket, let contextID):
            let handoff = Handoff(reception)
            operations.startSoon {
                guard let response = await handoff.take()?.finish() else { return }
                await responses.finish(ticket, with: fragmenter.command(response.encoded(), contextID))
            }
        }
    }
}

/// A fault of the peer against the structure of messages.
private enum MessageFault: Error, CustomStringConvertible {
    case contextNotAccepted(UInt8)
    case message(MessageError)

    var description: String {
        switch self {
        case .contextNotAccepted(let id): "data on presentation context \(id), which was not accepted"
        case .message(let error): "\(error)"
        }
    }
}

extension MessageFragmenter {
    /// A command set without data set, as P-DATA-TFs.
    fileprivate func command(_ bytes: ByteBuffer, _ contextID: UInt8) -> [DataTF] {
        self.fragments(of: bytes, presentationContextID: contextID, isCommand: true)
    }
}
