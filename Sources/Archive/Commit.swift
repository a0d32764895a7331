/// An instance that waits for its name.
struct Commit: Sendable {
    let temporary: Temporary
    let transferSyntaxUID: String
    let headerLength: Int
    let dataSetLength: UInt64
    let keys: InstanceKeys
    let completion: @Sendable (Result<StoredInstance, ArchiveError>) -> Void

    init(
        _ pending: consuming PendingInstance,
        keys: InstanceKeys,
        completion: @escaping @Sendable (Result<StoredInstance, ArchiveError>) -> Void
    ) {
        temporary = pending.temporary
        transferSyntaxUID = pending.meta.transferSyntaxUID
        headerLength = pending.headerLength
        dataSetLength = pending.dataSetLength
        self.keys = keys
        self.completion = completion
    }
}
