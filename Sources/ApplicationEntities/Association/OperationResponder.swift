import DIMSE
import NIOCore
import Nursery
import ServiceClasses
import Synchronization

/// The responses of one operation, put in their order.
final class OperationResponder: Responder {
    private let association: Association
    private let request: Command
    private let ticket: ResponseOrder.Ticket
    private let isAnswered = Atomic(false)

    init(_ association: Association, to request: Command, _ ticket: ResponseOrder.Ticket) {
        self.association = association
        self.request = request
        self.ticket = ticket
    }

    /// Performs the operation, and sees to it that it is answered.
    func perform(_ operation: any Operation) async {
        if operation.isCancellable {
            let scope = CancelScope()
            association.responses.setScope(scope, of: ticket)
            await scope.run { await operation.perform(self) }
        } else {
            await operation.perform(self)
        }
        guard !isAnswered.load(ordering: .relaxed), let refusal = request.refusal(.processingFailure) else { return }
        await final(Message(refusal))
    }

    func pending(_ response: Message) async {
        await association.responses.pending(response, ticket)
    }

    func final(_ response: Message) async {
        guard !isAnswered.exchange(true, ordering: .relaxed) else { return }
        await association.responses.final(response, ticket)
    }

    func invoke(
        on contextID: UInt8,
        dataSet: ByteBuffer?,
        _ request: @Sendable (UInt16) -> Command
    ) async throws -> Message {
        try await association.invoke(on: contextID, dataSet: dataSet.map { DataSetSource($0) }) { request($0) }
    }
}
