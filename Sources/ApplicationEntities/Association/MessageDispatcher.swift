import Associations
import DIMSE
import Logging
import NIOCore
import Nursery
import ServiceClasses
import UpperLayer

/// The reading side of one association: fragments become messages, requests go to their service classes, responses to
/// what invoked them.
///
/// Belongs to the association's reading loop. Nothing suspends but what must: for the store when a batch is full, for a
/// place when all operations are outstanding, and for the other associations of the event loop.
///
/// *Resources*: owns the operation whose data set is arriving; ``end()`` must be called, and discards it.
///
/// *Errors*: a fault against the structure of messages (PS3.7 §6.3) is answered by A-ABORT through the upper layer,
/// after which the indications end by themselves. Everything else is a failure status.
final class MessageDispatcher {
    private let association: Association
    private var assembler: MessageAssembler
    /// nil between messages, and in a message that wants no answer (a C-CANCEL), whose data is drained.
    private var current: Current?
    /// As the association's activity has it.
    private var isWithinMessage = false
    private var isAborted = false

    /// The message whose data set is arriving.
    private enum Current {
        case request(OperationResponder)
        /// The response is known: the data set is drained first.
        case known(Message, ResponseOrder.Ticket)
        case response(Message, Invocation)
    }

    init(_ association: Association) {
        self.association = association
        assembler = MessageAssembler(limits: association.limits.messageAssembler)
    }

    /// Takes the fragments of one read.
    ///
    /// Not inlined, because an idle association does not wait in here, and its task is not to carry this frame.
    @inline(never)
    func take(_ fragments: [PDVFragment], in operations: borrowing Nursery) async throws {
        var messages = 0
        for fragment in fragments where !isAborted {
            var isComplete = false
            do throws(MessageFault) {
                switch try assemble(fragment) {
                case nil: break
                case .command(let command, let contextID, let hasDataSet)?:
                    if association.responses.isFull { try await place(for: command) }
                    current = try begin(command, on: contextID, hasDataSet)
                    isComplete = !hasDataSet
                case .data(let bytes, let isLast)?:
                    if try receive(bytes) { await settle() }
                    isComplete = isLast
                }
            } catch {
                isAborted = true
                try await association.connection.write(.abort(cause: error.description))
            }
            if isComplete {
                await complete(in: operations)
                messages += 1
            }
            if isWithinMessage != assembler.isWithinMessage {
                isWithinMessage.toggle()
                association.activity.value.isWithinMessage = isWithinMessage
            }
            if messages == AcceptorLimits.turnMessages {
                messages = 0
                await association.connection.yield()
            }
        }
    }

    private func assemble(_ fragment: PDVFragment) throws(MessageFault) -> MessageAssembler.Element? {
        guard association.negotiated.contexts[fragment.presentationContextID] != nil else {
            throw .contextNotAccepted(fragment.presentationContextID)
        }
        do { return try assembler.take(fragment) } catch { throw .message(error) }
    }

    /// The association is over: what has not arrived whole is dropped.
    func end() async {
        if case .request(let responder)? = current.take() {
            await responder.operation.discard()
        }
    }

    /// Decides on a command; its data set, if any, comes next.
    private func begin(_ command: Command, on contextID: UInt8, _ hasDataSet: Bool) throws(MessageFault) -> Current? {
        if command.field.isResponse {
            switch association.invocations.received(command) {
            case .outstanding(let invocation):
                return .response(Message(command, dataSet: hasDataSet ? ByteBuffer() : nil), invocation)
            case .abandoned: return nil
            case .unasked: throw .responseUnasked(command.field)
            }
        }
        if case .cCancelRQ(let messageID) = command {
            association.responses.cancel(messageID)
            return nil
        }
        guard let messageID = command.messageID, let context = association.negotiated.contexts[contextID] else {
            return nil
        }
        guard let ticket = association.responses.begin(messageID, on: contextID) else {
            let refusal = command.refusal(.duplicateInvocation, errorComment: "Message ID is still outstanding")
            return refusal.map {
                .known(Message($0), association.responses.beginRefusal(on: contextID))
            }
        }
        let request = Request(
            command: command,
            hasDataSet: hasDataSet,
            context: context,
            contexts: association.negotiated.contexts,
            callingAETitle: association.negotiated.callingAETitle,
            calledAETitle: association.negotiated.calledAETitle,
            host: association.host,
            logger: association.logger
        )
        switch association.services.begin(request) {
        case .perform(let operation)?:
            return .request(OperationResponder(operation, in: association, ticket, command.field, messageID))
        case .respond(let response)?:
            return .known(response, ticket)
        case nil:
            association.logger.warning("request refused", metadata: ["command": "\(command.field)"])
            return command.refusal().map { .known(Message($0), ticket) }
        }
    }

    private func settle() async {
        guard case .request(let responder)? = current else { return }
        association.activity.value.isLate = true
        await responder.operation.settle()
        association.activity.value.isLate = false
    }

    /// Waits for a place, which a request needs.
    private func place(for command: Command) async throws(MessageFault) {
        guard !command.field.isResponse, command.field != .cCancelRQ else { return }
        // What the operations wait for may be a response behind this request.
        guard association.activity.value.invocations == 0 else { throw .tooManyRequests }
        association.activity.value.isLate = true
        await association.responses.place()
        association.activity.value.isLate = false
    }

    /// Bytes of the data set; true if the operation is to be waited for before the next.
    private func receive(_ bytes: ByteBuffer) throws(MessageFault) -> Bool {
        switch current {
        case .request(let responder)?:
            return responder.operation.receive(bytes)
        case .response(var response, let invocation)?:
            current = nil  // so that `response` is the only reference, and grows in place
            guard (response.dataSet?.readableBytes ?? 0) + bytes.readableBytes <= AcceptorLimits.responseDataSet else {
                throw .responseTooLong
            }
            response.dataSet?.writeImmutableBuffer(bytes)
            current = .response(response, invocation)
            return false
        case .known?, nil:
            return false
        }
    }

    /// The message is complete: an operation is performed by a child, so that the next message streams in meanwhile.
    private func complete(in operations: borrowing Nursery) async {
        association.activity.value.messages += 1
        switch current.take() {
        case nil:
            break
        case .known(let response, let ticket)?:
            await association.responses.final(response, ticket)
        case .response(let response, let invocation)?:
            await invocation.give(response)
        case .request(let responder)?:
            operations.startSoon { await responder.perform() }
        }
    }
}

/// A fault of the peer against the structure of messages.
private enum MessageFault: Error, CustomStringConvertible {
    case contextNotAccepted(UInt8)
    case message(MessageError)
    case responseUnasked(CommandField)
    case responseTooLong
    case tooManyRequests

    var description: String {
        switch self {
        case .contextNotAccepted(let id): "data on presentation context \(id), which was not accepted"
        case .message(let error): "\(error)"
        case .responseUnasked(let field): "\(field) to no request of ours"
        case .tooManyRequests: "more requests at once than are performed"
        case .responseTooLong: "data set of a response longer than \(AcceptorLimits.responseDataSet) bytes"
        }
    }
}
