import Glibc

/// An instance that waits for its name. A class, since it is handed from list to list.
final class Commit: Sendable {
    let temporary: Temporary
    let transferSyntaxUID: String
    let headerLength: Int
    let dataSetLength: UInt64
    let keys: InstanceKeys
    /// Seconds since 1970.
    let received: time_t
    let completion: @Sendable (Result<StoredInstance, ArchiveError>) -> Void

    init(
        _ pending: consuming PendingInstance,
        keys: InstanceKeys,
        received: time_t,
        completion: @escaping @Sendable (Result<StoredInstance, ArchiveError>) -> Void
    ) {
        temporary = pending.temporary
        transferSyntaxUID = pending.meta.transferSyntaxUID
        headerLength = pending.headerLength
        dataSetLength = pending.dataSetLength
        self.keys = keys
        self.received = received
        self.completion = completion
    }
}
