import Synchronization
import TestSupport

/// What senders know: what they have sent, and what was answered. It is what a modality goes by when it deletes.
final class Ledger: Sendable {
    struct Record: Sendable {
        /// Everything of which at least a byte was sent.
        var begun: Set<SentInstance> = []
        /// Answered 0000H.
        var acknowledged: Set<SentInstance> = []
        /// Answered with anything else.
        var refused: [SentInstance: Int] = [:]
        /// Why senders ended.
        var ends: [String] = []
    }

    private let record = Mutex(Record())

    var snapshot: Record { record.withLock { $0 } }

    func begins(_ instance: SentInstance) {
        record.withLock { _ = $0.begun.insert(instance) }
    }

    func answered(_ instance: SentInstance, _ status: Int?) {
        record.withLock { record in
            if status == 0 {
                record.acknowledged.insert(instance)
                record.refused[instance] = nil
            } else {
                record.refused[instance] = status ?? -1
            }
        }
    }

    func ended(_ reason: String) {
        record.withLock { $0.ends.append(reason) }
    }
}
