import Archive
import Synchronization

/// The file of one instance that is being received. Every method blocks and is called on an I/O thread, one at a time.
///
/// *Resources*: the pending instance inside removes its temporary when it is discarded or fails; `commit` consumes it.
final class InstanceWriter: Sendable {
    private let archive: InstanceArchive
    let meta: FileMetaInformation
    private let pending = Mutex<PendingInstance?>(nil)

    init(archive: InstanceArchive, meta: FileMetaInformation) {
        self.archive = archive
        self.meta = meta
    }

    /// Writes a batch behind what is there; the first one opens the temporary.
    ///
    /// *Errors*: returned; the temporary is gone then, and nothing more may be appended.
    func append(_ batch: WriteBatch) -> ArchiveError? {
        self.pending.withLock { (pending: inout PendingInstance?) -> ArchiveError? in
            do throws(ArchiveError) {
                if pending == nil {
                    pending = try self.archive.begin(self.meta)
                }
                try batch.withSlices { slices -> Result<Void, ArchiveError> in
                    Result { () throws(ArchiveError) in try pending?.append(slices) ?? () }
                }.get()
                return nil
            } catch {
                pending = nil
                return error
            }
        }
    }

    /// Writes the last batch and commits. `completion` is called once, on this thread or on that of the group's leader.
    func commit(
        _ batch: WriteBatch,
        as keys: InstanceKeys,
        digest: Digest,
        completion: @escaping @Sendable (Result<StoredInstance, ArchiveError>) -> Void
    ) {
        if let error = self.append(batch) {
            completion(.failure(error))
            return
        }
        if let pending = self.pending.withLock({ $0.take() }) {
            self.archive.commit(pending, as: keys, digest: digest, completion: completion)
        }
    }

    /// Removes the temporary.
    func discard() {
        self.pending.withLock { $0 = nil }
    }
}
