import Associations
import DIMSE
import Logging
import NIOCore
import Nursery
import ServiceClasses

/// The messages of one established association (PS3.7): fragments in, responses out.
///
/// It is confined to the event loop. Nothing suspends but what must: for the disk when a batch is full, for a place when all
/// operations are outstanding, and for others to have their turn.
///
/// *Resources*: owns the reception under way, and with it a temporary file; ``end()`` must be called, and drops an instance whose data
/// set will not be completed.
///
/// *Errors*: a fault against the structure of messages (PS3.7 §6.3) is answered by A-ABORT through the upper layer, after which the
/// indications end by themselves. Everything else is a failure status.
final class Conversation {
    private let negotiated: Negotiated
    private let storage: StorageSCP
    private let connection: AssociationConnection
    private let activity: SharedActivity
    private let responses: ResponseOrder
    private let fragmenter: MessageFragmenter
    private let logger: Logger
    private var assembler: MessageAssembler
    /// nil between messages, and in a message that wants no answer (a C-CANCEL), whose data is drained.
    private var current: Current?
    private var isAborted = false

    /// The message whose data set is arriving, and where its response goes.
    private enum Current: ~Copyable {
        case store(InstanceReception, ResponseOrder.Ticket, contextID: UInt8)
        /// The data is drained, then this is the answer.
        case answer(ByteBuffer, ResponseOrder.Ticket, contextID: UInt8)
    }

    init(
        negotiated: Negotiated,
        storage: StorageSCP,
        connection: AssociationConnection,
        activity: SharedActivity,
        limits: Limits,
        logger: Logger
    ) {
        self.negotiated = negotiated
        self.storage = storage
        self.connection = connection
        self.activity = activity
        self.logger = logger
        self.assembler = MessageAssembler(limits: limits.messageAssembler)
        self.fragmenter = MessageFragmenter(
            peerMaximumLength: negotiated.peerMaximumLength,
            ownLimit: Limits.sentPDULength
        )
        self.responses = ResponseOrder(
            connection: connection,
            activity: activity,
            isOrdered: !negotiated.windowNegotiated,
            limit: max(1, limits.operations)
        )
    }

    /// Takes the fragments of one read.
    ///
    /// Not inlined: an idle association does not wait in here, and its task is not to carry this frame.
    @inline(never)
    func take(_ fragments: [PDVFragment], in operations: borrowing Nursery) async throws {
        var messages = 0
        for fragment in fragments where !self.isAborted {
            var isComplete = false
            switch self.assemble(fragment) {
            case .success(nil): break
            case .success(.command(let command, let contextID, let hasDataSet)?):
                if self.responses.isFull { await self.responses.place() }
                self.current = self.begin(command, on: contextID)
                isComplete = !hasDataSet
            case .success(.data(let bytes, let isLast)?):
                if self.receive(bytes) { await self.settle() }
                isComplete = isLast
            case .failure(let error):
                self.isAborted = true
                try await self.connection.write(.abort(cause: error.description))
            }
            if isComplete {
                await self.complete(in: operations)
                messages += 1
            }
            self.activity.value.isWithinMessage = self.assembler.isWithinMessage
            if messages == Limits.turnMessages {
                messages = 0
                await self.connection.yield()
            }
        }
    }

    private func assemble(_ fragment: PDVFragment) -> Result<MessageAssembler.Element?, MessageFault> {
        guard self.negotiated.contexts[fragment.presentationContextID] != nil else {
            return .failure(.contextNotAccepted(fragment.presentationContextID))
        }
        do {
            let element = try self.assembler.take(fragment)
            if case .command(let command, _, _)? = element, command.field.isResponse {
                return .failure(.responseUnasked(command.field))
            }
            return .success(element)
        } catch {
            return .failure(.message(error))
        }
    }

    /// The association is over: what has not arrived whole is dropped.
    func end() async {
        if case .store(let reception, _, _)? = self.current.take() {
            await reception.discard()
        }
    }

    /// Bytes of the data set; true if the disk is to be waited for.
    private func receive(_ bytes: ByteBuffer) -> Bool {
        switch self.current.take() {
        case .store(var reception, let ticket, let contextID)?:
            let isFull = reception.receive(bytes)
            self.current = .store(reception, ticket, contextID: contextID)
            return isFull
        case let other:
            self.current = other
            return false
        }
    }

    private func settle() async {
        switch self.current.take() {
        case .store(var reception, let ticket, let contextID)?:
            await reception.settle()
            self.current = .store(reception, ticket, contextID: contextID)
        case let other:
            self.current = other
        }
    }

    /// Decides on a command; its data set, if any, comes next.
    private func begin(_ command: Command, on contextID: UInt8) -> Current? {
        guard let messageID = command.messageID else {
            self.logger.debug("command ignored", metadata: ["command": "\(command.field)"])
            return nil
        }
        guard let ticket = self.responses.begin(messageID) else {
            let refusal = command.refusal(.duplicateInvocation, errorComment: "Message ID is still outstanding")
            return self.answer(refusal, self.responses.beginRefusal(messageID), contextID)
        }
        switch command {
        case .cStoreRQ(let request):
            guard let context = self.negotiated.contexts[contextID] else { return nil }
            guard request.hasDataSet else {
                return self.answer(command.refusal(.cannotUnderstand, errorComment: "No data set"), ticket, contextID)
            }
            let reception = self.storage.begin(
                request,
                on: context,
                from: self.negotiated.callingAETitle,
                to: self.negotiated.calledAETitle,
                logger: self.logger
            )
            return .store(reception, ticket, contextID: contextID)
        case .cEchoRQ(let request):
            return self.answer(.cEchoRSP(VerificationSCP.answer(request)), ticket, contextID)
        case .invalid, .other, .cEchoRSP, .cStoreRSP, .cCancelRQ:
            let refusal = command.refusal()
            self.logger.warning("request refused", metadata: ["command": "\(command.field)"])
            return self.answer(refusal, ticket, contextID)
        }
    }

    private func answer(_ response: Command?, _ ticket: ResponseOrder.Ticket, _ contextID: UInt8) -> Current? {
        .answer(response?.encoded() ?? ByteBuffer(), ticket, contextID: contextID)
    }

    /// The message is complete: an instance is committed by a child, so that the next message streams in meanwhile.
    private func complete(in operations: borrowing Nursery) async {
        self.activity.value.messages += 1
        let (responses, fragmenter) = (self.responses, self.fragmenter)
        switch self.current.take() {
        case nil:
            break
        case .answer(let response, let ticket, let contextID)?:
            await responses.finish(ticket, with: fragmenter.command(response, contextID))
        case .store(let reception, let ticket, let contextID)?:
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
    /// We request nothing of an SCU, so that no response can be meant.
    case responseUnasked(CommandField)

    var description: String {
        switch self {
        case .contextNotAccepted(let id): "data on presentation context \(id), which was not accepted"
        case .message(let error): "\(error)"
        case .responseUnasked(let field): "\(field) to no request of ours"
        }
    }
}

extension MessageFragmenter {
    /// A command set without data set, as P-DATA-TFs.
    fileprivate func command(_ bytes: ByteBuffer, _ contextID: UInt8) -> [DataTF] {
        Array(self.fragments(of: bytes, presentationContextID: contextID, isCommand: true))
    }
}
