import DIMSE
import NIOCore
import Nursery
import ServiceClasses
import Synchronization

/// One operation under way, and its responses, put in their order.
final class OperationResponder: Responder {
    let operation: any Operation
    private let association: Association
    private let ticket: ResponseOrder.Ticket
    private let field: CommandField
    private let messageID: UInt16
    private let scope: CancelScope?
    private let isAnswered = Atomic(false)

    /// - Parameters:
    ///   - field: Of the request, and its Message ID: all that a refusal needs of it.
    init(
        _ operation: any Operation,
        in association: Association,
        _ ticket: ResponseOrder.Ticket,
        _ field: CommandField,
        _ messageID: UInt16
    ) {
        self.operation = operation
        self.association = association
        self.ticket = ticket
        self.field = field
        self.messageID = messageID
        scope = operation.isCancellable || operation.continuesAfterResponse ? CancelScope() : nil
        if let scope, operation.isCancellable { association.responses.setScope(scope, of: ticket) }
    }

    /// Performs the operation, and sees to it that it is answered.
    func perform() async {
        if let scope {
            await scope.run { await self.operation.perform(self) }
            association.continuing.remove(scope)
        } else {
            await operation.perform(self)
        }
        guard !isAnswered.load(ordering: .relaxed) else { return }
        await final(Message(.refusal(of: field, messageID, .processingFailure)))
    }

    func pending(_ response: Message) async {
        guard !isAnswered.load(ordering: .relaxed) else { return }
        await association.responses.pending(response, ticket)
    }

    func final(_ response: Message) async {
        guard !isAnswered.exchange(true, ordering: .relaxed) else { return }
        await association.responses.final(response, ticket)
        if let scope, operation.continuesAfterResponse { association.continuing.add(scope) }
    }

    func invoke(
        on contextID: UInt8,
        dataSet: DataSetSource?,
        pending: (Message) async throws -> Void,
        _ request: @Sendable (UInt16) -> Command
    ) async throws -> Message {
        try await association.invoke(on: contextID, dataSet: dataSet, pending: pending) { request($0) }
    }
}
