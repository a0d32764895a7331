import Associations
package import DIMSE
import Instances
import Logging
import NIOCore
import Synchronization

/// One N-ACTION-RQ for storage commitment: gathers the request, records it, answers; then waits for the result, and
/// sends it on the same association unless that ends first.
///
/// *Resources*: the request's bytes, until it is answered. The transaction outlives it.
final class CommitmentOperation: Operation {
    /// The result follows the response.
    let continuesAfterResponse = true

    private let action: NActionRQ
    private let request: Request
    private let transactions: CommitmentTransactions
    private let clock: any Clock<Duration>
    private let arriving: ArrivingBytes

    private struct State {
        var bytes = ByteBuffer()
        /// Taken of ``ArrivingBytes``.
        var taken = 0
        var refusal: Refusal?
    }

    private let state = Mutex(State())

    init(
        _ action: NActionRQ,
        _ request: Request,
        transactions: CommitmentTransactions,
        clock: any Clock<Duration>,
        arriving: ArrivingBytes
    ) {
        self.action = action
        self.request = request
        self.transactions = transactions
        self.clock = clock
        self.arriving = arriving
    }

    func receive(_ bytes: ByteBuffer) -> Bool {
        state.withLock { state in
            guard state.refusal == nil else { return }
            let count = bytes.readableBytes
            guard state.bytes.readableBytes + count <= CommitmentLimits.requestBytes else {
                state.refusal = Refusal(.resourceLimitation, "Request is larger than this node accepts")
                return
            }
            guard arriving.take(count) else {
                state.refusal = Refusal(.resourceLimitation, "Too many requests arrive at once")
                return
            }
            state.taken += count
            state.bytes.writeImmutableBuffer(bytes)
        }
        return false
    }

    func settle() async {}

    func discard() async { _ = takeBytes() }

    func perform(_ responder: any Responder) async {
        switch await record() {
        case .failure(let refusal):
            request.logger.warning(
                "storage commitment refused",
                metadata: ["status": "\(refusal.status)", "reason": "\(refusal.comment)"]
            )
            await respond(responder, refusal.status, refusal.comment)
        case .success(let (transaction, isNew)):
            transaction.attach()
            await respond(responder, .success)
            // Not before, because a result must not be faster than the response.
            if isNew { transactions.checks.add(transaction) }
            await report(transaction, responder)
            transactions.detach(transaction)
        }
    }

    private func respond(_ responder: any Responder, _ status: Status, _ comment: String? = nil) async {
        await responder.final(Message(.nActionRSP(NActionRSP(to: action, status: status, errorComment: comment))))
    }

    /// Gives back what is held of the request.
    private func takeBytes() -> Result<[UInt8], Refusal> {
        let (bytes, taken, refusal) = state.withLock { state in
            defer { state = State() }
            return (state.bytes, state.taken, state.refusal)
        }
        arriving.giveBack(taken)
        return refusal.map { .failure($0) } ?? .success(Array(bytes.readableBytesView))
    }

    private func record() async -> Result<(CommitmentTransaction, isNew: Bool), Refusal> {
        let asked: CommitmentRequest
        do throws(Refusal) {
            asked = try CommitmentRequest(
                takeBytes().get(),
                transferSyntaxUID: request.context.transferSyntax.text
            )
        } catch {
            return .failure(error)
        }
        let route = CommitmentRoute(peer: request.callingAETitle.text, own: request.calledAETitle.text)
        switch await transactions.open(asked, route) {
        case .recorded(let transaction, let isNew):
            request.logger.info(
                "storage commitment requested",
                metadata: ["TransactionUID": "\(asked.transactionUID)", "instances": "\(asked.references.count)"]
            )
            return .success((transaction, isNew))
        case .inUse:
            return .failure(
                Refusal(.invalidArgumentValue, "Transaction UID is that of another request under way")
            )
        case .tooMany:
            return .failure(Refusal(.resourceLimitation, "Too many storage commitments are under way"))
        case .failed(let error):
            request.logger.error("archive", metadata: ["error": "\(error)"])
            return .failure(Refusal(.processingFailure, "Request cannot be recorded now"))
        }
    }

    /// Sends the result on the association of the request.
    private func report(_ transaction: CommitmentTransaction, _ responder: any Responder) async {
        guard await transaction.claimWhenReady() else { return }
        do {
            try await clock.sleep(for: CommitmentLimits.releaseGrace)
            guard let result = try await transactions.record(of: transaction)?.result else {
                transactions.isReady(transaction)
                return
            }
            let information = result.eventInformation(transferSyntaxUID: request.context.transferSyntax.text)
            let response = try await responder.invoke(
                on: request.context.id,
                dataSet: DataSetSource(information),
                pending: { _ in }
            ) {
                .nEventReportRQ(NEventReportRQ($0, result))
            }
            request.logger.reported(result, response.command.status, "on the association of the request")
            await transactions.reported(result, response.command.status, of: transaction)
            try await transactions.end(transaction)
        } catch let error as StoreError {
            request.logger.error("storage commitment", metadata: ["error": "\(error)"])
            transactions.isReady(transaction)
        } catch {
            // The association has ended first, as it may at any time.
            transactions.isReady(transaction)
        }
    }
}

extension NEventReportRQ {
    /// The report of a storage commitment's result.
    package init(_ messageID: UInt16, _ result: CommitmentResult) {
        self.init(
            messageID: messageID,
            affectedSOPClassUID: SOPClasses.storageCommitment,
            affectedSOPInstanceUID: CommitmentSCP.wellKnownInstanceUID,
            eventTypeID: result.eventTypeID
        )
    }
}

extension Logger {
    /// A result has been answered. With a failure status too the transaction is over: the SCU has it, and does not want
    /// it (PS3.4 §J.3.3.1.3).
    func reported(_ result: CommitmentResult, _ status: Status?, _ how: String) {
        let isTaken = status == .success || status?.category == .warning
        log(
            level: isTaken ? .info : .warning,
            isTaken ? "storage commitment reported" : "storage commitment reported, and refused by the peer",
            metadata: [
                "TransactionUID": "\(result.transactionUID)",
                "instances": "\(result.references.count)",
                "failures": "\(result.failureCount)",
                "status": "\(status.map { "\($0)" } ?? "none")",
                "how": "\(how)",
            ]
        )
    }
}
