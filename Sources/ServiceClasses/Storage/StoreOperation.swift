package import Associations
import DIMSE
import NIOCore
import Synchronization

extension StorageSCP: ServiceClass {
    package var permission: Permission { .store }

    package func terms(for abstractSyntax: UID) -> ContextTerms? {
        guard acceptance.takes(abstractSyntax) else { return nil }
        return ContextTerms(
            transferSyntaxes: acceptance.transferSyntaxes,
            serviceClassApplicationInformation: Self.applicationInformation
        )
    }

    /// A level 2 SCP (every attribute is kept), which preserves signatures, bit by bit (level 3), and coerces nothing
    /// (PS3.4 §B.3.1.2).
    private static let applicationInformation: [UInt8] = [2, 0, 3, 0, 0, 0]

    package func begin(_ request: Request) -> Decision? {
        guard case .cStoreRQ(let store) = request.command else { return nil }
        guard request.hasDataSet else {
            let response = CStoreRSP(to: store, status: .cannotUnderstand, errorComment: "No data set")
            return .respond(Message(.cStoreRSP(response)))
        }
        let reception = begin(
            store,
            on: request.context,
            from: request.callingAETitle,
            to: request.calledAETitle,
            at: request.host,
            logger: request.logger
        )
        return .perform(StoreOperation(reception))
    }
}

/// C-STORE: receives one instance, commits it, and answers once.
final class StoreOperation: Operation {
    /// Taken out while it waits for the store; empty from ``perform(_:)`` or ``discard()`` on.
    private let reception: Mutex<InstanceReception?>

    init(_ reception: consuming sending InstanceReception) {
        self.reception = Mutex(reception)
    }

    func receive(_ bytes: ByteBuffer) -> Bool {
        reception.withLock { $0?.receive(bytes) ?? false }
    }

    func settle() async {
        guard var full = reception.withLock({ $0.take() }) else { return }
        await full.settle()
        put(full)
    }

    private func put(_ reception: consuming sending InstanceReception) {
        var reception = Optional(reception)
        self.reception.withLock { $0 = reception.take() }
    }

    func perform(_ responder: any Responder) async {
        guard let response = await reception.withLock({ $0.take() })?.finish() else { return }
        await responder.final(Message(.cStoreRSP(response)))
    }

    func discard() async {
        await reception.withLock { $0.take() }?.discard()
    }
}
