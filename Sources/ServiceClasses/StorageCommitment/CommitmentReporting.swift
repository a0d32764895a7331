import DIMSE
package import Logging
import Nursery
import Synchronization

/// Works off the transactions under way: has the instances checked, and the results reported on associations of the
/// node's own where that of the request does not take them. A child of the node's nursery.
///
/// The results for one SCU are sent one after the other, on one association, and wait for it together while it cannot
/// be reached; those for others do not wait.
///
/// *Resources*: three tasks, and one for each SCU that results are there for. Of the requests only those whose
/// instances are being checked are in memory.
package final class CommitmentReporting: Sendable {
    private let transactions: CommitmentTransactions
    private let checking: CommitmentChecking
    private let peers: any CommitmentPeers
    private let time: CommitmentTime
    private let logger: Logger

    private struct State {
        /// What is to be sent, by its record's name.
        var waiting: [CommitmentRoute: [String: CommitmentTransaction]] = [:]
        /// SCUs that a task sends to.
        var isServed: Set<CommitmentRoute> = []
    }

    private let state = Mutex(State())

    package init(
        _ transactions: CommitmentTransactions,
        check: CommitmentCheck,
        peers: any CommitmentPeers,
        time: CommitmentTime,
        logger: Logger
    ) {
        self.transactions = transactions
        checking = CommitmentChecking(transactions, check: check, time: time, logger: logger)
        self.peers = peers
        self.time = time
        self.logger = logger
    }

    /// Works until the task is cancelled. What is under way then is found on disk by the next start.
    ///
    /// *Errors*: none are thrown: what goes wrong is logged, and tried again.
    package func run() async {
        try? await withNursery { (nursery: borrowing Nursery) in
            nursery.startSoon { await self.load() }
            nursery.startSoon { await self.checking.run() }
            while true {
                let ready = await self.transactions.reports.all()
                guard !ready.isEmpty else { return }
                for route in self.take(ready) { nursery.startSoon { await self.serve(route) } }
            }
        }
    }

    private func load() async {
        while !Task.isCancelled {
            do {
                let (count, unreadable) = try await transactions.load()
                if count > 0 { logger.info("storage commitments go on", metadata: ["transactions": "\(count)"]) }
                for name in unreadable {
                    logger.error(
                        "a record of storage commitment cannot be read; its SCU hears nothing: remove it",
                        metadata: ["record": "\(name)"]
                    )
                }
                return
            } catch {
                logger.error("storage commitments of before cannot be read yet", metadata: ["error": "\(error)"])
            }
            try? await time.clock.sleep(for: CommitmentLimits.checkAgain)
        }
    }

    /// Takes in what is ready. Returns the SCUs that no task sends to yet.
    private func take(_ ready: [CommitmentTransaction]) -> [CommitmentRoute] {
        state.withLock { state in
            var routes: [CommitmentRoute] = []
            for transaction in ready {
                state.waiting[transaction.route, default: [:]][transaction.name] = transaction
                if state.isServed.insert(transaction.route).inserted { routes.append(transaction.route) }
            }
            return routes
        }
    }

    /// Sends what is there for one SCU, until nothing is.
    private func serve(_ route: CommitmentRoute) async {
        var failures = 0
        while !Task.isCancelled {
            await giveUp(route)
            guard let due = next(route) else { return }
            do {
                try await peers.withAssociation(route) { send in
                    for transaction in due { try await self.report(transaction, send) }
                }
                failures = 0
            } catch {
                guard !Task.isCancelled else { return }
                failures += 1
                let pause = time.pause(after: failures, oldest: due[0].received)
                logger.log(
                    level: failures == 1 ? .warning : .info,
                    "results of storage commitment cannot be reported yet",
                    metadata: [
                        "peer": "\(route.peer)", "results": "\(due.count)", "error": "\(error)",
                        "again": "in \(pause.components.seconds) s",
                    ]
                )
                try? await time.clock.sleep(for: pause)
            }
        }
    }

    /// What is to be sent now, the oldest first; nil: nothing, and the task that asked ends.
    private func next(_ route: CommitmentRoute) -> [CommitmentTransaction]? {
        state.withLock { state in
            let waiting = state.waiting[route] ?? [:]
            guard waiting.isEmpty else {
                return waiting.values.sorted { ($0.received, $0.name) < ($1.received, $1.name) }
            }
            state.waiting[route] = nil
            state.isServed.remove(route)
            return nil
        }
    }

    private func remove(_ transaction: CommitmentTransaction) {
        state.withLock { $0.waiting[transaction.route]?[transaction.name] = nil }
    }

    /// Sends one result.
    ///
    /// *Errors*: it was not answered: it stays.
    private func report(_ transaction: CommitmentTransaction, _ send: CommitmentPeers.Send) async throws {
        // An association of the SCU waits for it again: that has it, or gives it back.
        guard transaction.claim() else { return remove(transaction) }
        do {
            guard let result = try await transactions.record(of: transaction)?.result else {
                logger.error(
                    "the record of a storage commitment is gone; its SCU hears nothing",
                    metadata: ["TransactionUID": "\(transaction.transactionUID)"]
                )
                return await end(transaction)
            }
            let status = try await send(result)
            logger.reported(result, status, "on an association of the node's own")
            await transactions.reported(result, status, of: transaction)
            await end(transaction)
        } catch {
            // Before the failure is known to others, so that it is not in the list twice.
            if !transaction.isReady() { remove(transaction) }
            throw error
        }
    }

    private func end(_ transaction: CommitmentTransaction) async {
        remove(transaction)
        do {
            try await transactions.end(transaction)
        } catch {
            logger.error("storage commitment", metadata: ["error": "\(error)"])
        }
    }

    /// Drops what could not be reported for too long.
    private func giveUp(_ route: CommitmentRoute) async {
        let waiting = state.withLock { Array(($0.waiting[route] ?? [:]).values) }
        for transaction in waiting where time.isOver(transaction.received) && transaction.claim() {
            logger.error(
                "a storage commitment is given up: its result could not be reported within commitment.give_up_after",
                metadata: ["peer": "\(route.peer)", "TransactionUID": "\(transaction.transactionUID)"]
            )
            await end(transaction)
        }
    }
}
