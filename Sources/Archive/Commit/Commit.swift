import Glibc
import Instances

/// An instance that waits for its name. A class, because it is handed from list to list.
final class Commit: Sendable {
    let temporary: Temporary
    let head: FileMetaInformation
    let headerLength: Int
    let dataSetLength: UInt64
    let finished: PendingInstance.Finished
    let completion: @Sendable (Result<StoredInstance, ArchiveError>) -> Void

    var keys: InstanceKeys { finished.keys }

    init(
        _ pending: consuming PendingInstance,
        _ finished: PendingInstance.Finished,
        completion: @escaping @Sendable (Result<StoredInstance, ArchiveError>) -> Void
    ) {
        temporary = pending.temporary
        head = pending.meta
        headerLength = pending.headerLength
        dataSetLength = pending.dataSetLength
        self.finished = finished
        self.completion = completion
    }
}
