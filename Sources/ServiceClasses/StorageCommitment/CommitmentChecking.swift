import Instances
import Logging

/// Checks the instances of one request after the other, so that however many there are, one thread of the store reads
/// for them at a time. Requests that wait together are looked up together.
struct CommitmentChecking: Sendable {
    private let transactions: CommitmentTransactions
    private let check: CommitmentCheck
    private let time: CommitmentTime
    private let logger: Logger

    init(_ transactions: CommitmentTransactions, check: CommitmentCheck, time: CommitmentTime, logger: Logger) {
        self.transactions = transactions
        self.check = check
        self.time = time
        self.logger = logger
    }

    /// Requests whose instances are looked up together.
    private typealias Batch = [(transaction: CommitmentTransaction, record: CommitmentRecord)]

    /// Checks until the task is cancelled.
    func run() async {
        /// How often each was tried in vain, by its record's name.
        var attempts: [String: Int] = [:]
        while !Task.isCancelled {
            var waiting = await transactions.checks.all()[...]
            var again: [CommitmentTransaction] = []
            while !waiting.isEmpty, !Task.isCancelled {
                let (batch, unread) = await load(&waiting)
                again += unread
                again += await self.check(batch, &attempts)
            }
            guard !again.isEmpty else { continue }
            try? await time.clock.sleep(for: CommitmentLimits.checkAgain)
            for transaction in again { transactions.checks.add(transaction) }
        }
    }

    /// Takes as many requests as are looked up at once.
    ///
    /// - Returns: Those that cannot be read now, too.
    private func load(
        _ waiting: inout ArraySlice<CommitmentTransaction>
    ) async -> (batch: Batch, unread: [CommitmentTransaction]) {
        var batch: Batch = []
        var unread: [CommitmentTransaction] = []
        var references = 0
        while references < CommitmentLimits.lookupReferences, let transaction = waiting.popFirst() {
            do throws(StoreError) {
                guard let record = try await transactions.record(of: transaction) else {
                    logger.error(
                        "the record of a storage commitment is gone; its SCU hears nothing",
                        metadata: ["TransactionUID": "\(transaction.transactionUID)"]
                    )
                    try await transactions.end(transaction)
                    continue
                }
                batch.append((transaction, record))
                references += record.request.references.count
            } catch {
                logger.error("storage commitment", metadata: ["error": "\(error)"])
                unread.append(transaction)
            }
        }
        return (batch, unread)
    }

    /// - Returns: Those that are to be checked again.
    private func check(_ batch: Batch, _ attempts: inout [String: Int]) async -> [CommitmentTransaction] {
        guard !batch.isEmpty else { return [] }
        let copies: [String: [String]]?
        do throws(StoreError) {
            copies = try await check.copies(of: batch.lazy.flatMap { $0.record.request.references })
        } catch {
            logger.warning("instances cannot be looked up now", metadata: ["error": "\(error)"])
            copies = nil
        }
        var again: [CommitmentTransaction] = []
        for (transaction, record) in batch {
            let attempt = attempts[transaction.name, default: 0] + 1
            let isLast = attempt >= CommitmentLimits.attempts
            if let failures = await failures(record.request, copies, isLast: isLast),
                await keep(record, failures)
            {
                attempts[transaction.name] = nil
                transactions.isReady(transaction)
            } else if Task.isCancelled {
                return []
            } else {
                attempts[transaction.name] = attempt
                again.append(transaction)
            }
        }
        return again
    }

    /// What keeps each instance from being committed to; nil: that is not known yet.
    ///
    /// - Parameter isLast: What cannot be read counts as failed.
    private func failures(
        _ request: CommitmentRequest,
        _ copies: [String: [String]]?,
        isLast: Bool
    ) async -> [CommitmentResult.FailureReason?]? {
        guard let copies else { return isLast ? request.references.map { _ in .processingFailure } : nil }
        var failures: [CommitmentResult.FailureReason?] = []
        for reference in request.references {
            guard !Task.isCancelled else { return nil }
            do throws(StoreError) {
                failures.append(
                    try await check.failure(of: reference, copies: copies[reference.sopInstanceUID] ?? [])
                )
            } catch {
                logger.warning(
                    "an instance cannot be checked now",
                    metadata: ["SOPInstanceUID": "\(reference.sopInstanceUID)", "error": "\(error)"]
                )
                guard isLast else { return nil }
                failures.append(.processingFailure)
            }
        }
        return failures
    }

    /// Writes the result to disk. False: it cannot be written now.
    private func keep(_ record: CommitmentRecord, _ failures: [CommitmentResult.FailureReason?]) async -> Bool {
        var record = record
        record.failures = failures
        do throws(StoreError) {
            try await transactions.put(record)
            return true
        } catch {
            logger.error("storage commitment", metadata: ["error": "\(error)"])
            return false
        }
    }
}
