import ApplicationEntities
import Associations
import DIMSE
import NIOPosix
import Synchronization
import UpperLayer

/// One of `--parallel` associations, opened again as long as its batch has files.
struct SendWorker: Sendable {
    let peer: PeerOptions
    let requestor: AssociationRequestor
    let batch: SendBatch
    let queue: SendQueue
    let retries: Retries
    let clock: any Clock<Duration>
    let threads: NIOThreadPool
    let progress: FileProgress

    /// How an association ended.
    private enum Outcome {
        /// Nothing is left to send.
        case done
        /// There was none. `isTransient`: another attempt may bring one.
        case refused(String, isTransient: Bool)
        /// It ended under way; `isFruitless`: before any file was answered.
        case ended(String, isFruitless: Bool)
    }

    /// How far one association has come.
    private struct Attempt {
        var current: SendQueue.Entry?
        var isAssociated = false
        var answers = 0
    }

    /// Sends until the queue is empty, or no association can be had.
    ///
    /// *Errors*: none are thrown: a file's failure goes to ``FileProgress``, an association's stays in the queue with
    /// the files left.
    func run() async {
        var refusals = 0
        var fruitless = 0
        while !queue.isEmpty {
            if refusals + fruitless > 0 {
                do { try await clock.sleep(for: Retries.pause(after: max(refusals, fruitless))) } catch { return }
            }
            switch await associate() {
            case .done:
                (refusals, fruitless) = (0, 0)
            case .refused(let reason, let isTransient):
                queue.giveUp(reason)
                refusals += 1
                guard isTransient, refusals <= retries.limit, !queue.isServed else { return }
            case .ended(let reason, let isFruitless):
                queue.giveUp(reason)
                refusals = 0
                fruitless = isFruitless ? fruitless + 1 : 0
                guard fruitless < Retries.fruitlessAssociations else { return }
            }
        }
    }

    private func associate() async -> Outcome {
        let attempt = Mutex(Attempt())
        do {
            try await requestor.withAssociation(peer.request(contexts: batch.proposed)) { association in
                attempt.withLock { $0.isAssociated = true }
                queue.associationBegan()
                while let entry = queue.next() {
                    attempt.withLock { $0.current = entry }
                    try await SendOperation(worker: self, file: entry.file).run(association)
                    attempt.withLock { attempt in
                        attempt.current = nil
                        attempt.answers += 1
                    }
                }
            }
        } catch {
            let reason = peer.reason(error)
            let attempt = attempt.withLock { $0 }
            guard attempt.isAssociated else {
                return .refused(reason, isTransient: isTransient(error))
            }
            queue.associationEnded()
            // Without a file under way it was the release that failed: all were answered.
            guard let current = attempt.current else { return .done }
            var answers = attempt.answers
            if error is InstanceFile.Unreadable { answers += 1 }
            failed(current, error, reason, isFirst: answers == 0)
            return .ended(reason, isFruitless: answers == 0)
        }
        queue.associationEnded()
        return .done
    }

    /// A file that was under way when its association ended: unanswered, so that it may be sent again.
    ///
    /// A peer that ends each association after an instance or two gets all of them, because the file at which it does
    /// so comes first on the next one; a file at which it always does so uses up its attempts.
    private func failed(_ entry: SendQueue.Entry, _ error: any Error, _ reason: String, isFirst: Bool) {
        var again = entry
        let isExcused = !isFirst && !entry.isExcused
        if isExcused { again.isExcused = true } else { again.failures += 1 }
        if retries.limit > 0, (error as? RequestorError)?.isEndByPeer == true, again.failures <= retries.limit {
            queue.putBack(again, first: isExcused)
        } else {
            progress.failed(entry.file.path, reason + entry.file.oddity)
        }
    }

    private func isTransient(_ error: any Error) -> Bool {
        switch error as? RequestorError {
        case .rejected(let rejection): rejection.result == .rejectedTransient
        case .unreachable, .insecure: queue.wasAssociated
        case .ended: (error as? RequestorError)?.isEndByPeer == true
        case .unanswered, .unexpected, nil: false
        }
    }
}

extension RequestorError {
    /// The peer, or the network, ended the association; we did not.
    fileprivate var isEndByPeer: Bool {
        switch self {
        case .ended(.released), .ended(.abortedByPeer), .ended(.transportClosed): true
        case .ended(.rejected), .ended(.aborted), .unreachable, .insecure, .rejected, .unanswered, .unexpected:
            false
        }
    }
}

extension InstanceFile {
    /// For a failure's message: what may be its cause.
    var oddity: String {
        isOdd ? "; its data set has an odd length, which PS3.5 §7.1 does not allow and some peers refuse" : ""
    }
}
