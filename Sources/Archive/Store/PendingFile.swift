import Instances
import NIOCore
import Synchronization

/// A pending instance as an object of the local archive: decides on which thread each call is made.
///
/// *Resources*: the pending instance, and with it a temporary file, from the first bytes on until it is committed,
/// discarded or failed.
final class PendingFile: PendingObject {
    private let store: LocalArchive
    private let head: FileMetaInformation
    /// Of one thread at a time, because the object's operations are called one after the other.
    private let pending = Mutex<PendingInstance?>(nil)

    init(_ head: FileMetaInformation, in store: LocalArchive) {
        self.head = head
        self.store = store
    }

    func append(_ bytes: [ByteBuffer]) async throws(StoreError) {
        let failure = store.writesOnCallingThread ? write(bytes) : await store.threads.run { self.write(bytes) }
        if let failure { throw StoreError(failure) }
    }

    func commit(
        _ last: [ByteBuffer],
        as keys: InstanceKeys,
        digest: Digest,
        attributes: @escaping @Sendable () -> [String: String]
    ) async throws(StoreError) -> StoredInstance {
        let end = InstanceEnd(keys: keys, digest: digest, attributes: attributes)
        if store.writesOnCallingThread, let failure = write(last, end) { throw StoreError(failure) }
        let result = await withUnsafeContinuation {
            (continuation: UnsafeContinuation<Result<StoredInstance, ArchiveError>, Never>) in
            if !store.writesOnCallingThread {
                store.threads.submit {
                    if let failure = self.write(last, end) { return continuation.resume(returning: .failure(failure)) }
                    self.commit { continuation.resume(returning: $0) }
                }
            } else if isTaken {
                store.threads.submit { self.commit { continuation.resume(returning: $0) } }
            } else {
                commit { continuation.resume(returning: $0) }
            }
        }
        do throws(ArchiveError) { return try result.get() } catch { throw StoreError(error) }
    }

    func discard() async {
        guard pending.withLock({ $0 != nil }) else { return }
        await store.threads.run { self.pending.withLock { $0 = nil } }
    }

    /// Writes bytes behind what is there; the first ones open the file. After an error nothing is left of it.
    ///
    /// - Parameter end: With the last bytes.
    private func write(_ bytes: [ByteBuffer], _ end: InstanceEnd? = nil) -> ArchiveError? {
        pending.withLock { (pending: inout PendingInstance?) -> ArchiveError? in
            do throws(ArchiveError) {
                if pending == nil { pending = try store.archive.begin(head) }
                if !bytes.isEmpty {
                    try bytes.withSlices { slices -> Result<Void, ArchiveError> in
                        Result { () throws(ArchiveError) in try pending?.append(slices) ?? () }
                    }.get()
                }
                if let end { try pending?.finish(end) }
                return nil
            } catch {
                pending = nil
                return error
            }
        }
    }

    private var isTaken: Bool {
        pending.withLock { (pending: inout PendingInstance?) -> Bool in
            guard let taken = pending.take() else { return false }
            let isTaken = store.archive.isTaken(taken)
            pending = consume taken
            return isTaken
        }
    }

    private func commit(completion: @escaping @Sendable (Result<StoredInstance, ArchiveError>) -> Void) {
        guard let pending = pending.withLock({ $0.take() }) else {
            return completion(.failure(ArchiveError(.unavailable, "the instance was given up before")))
        }
        store.archive.commit(pending, completion: completion)
    }
}

extension [ByteBuffer] {
    /// Gives the buffers as memory, valid during the call.
    fileprivate func withSlices<Value>(_ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Value) -> Value {
        // The pointers outlive the closures that give them because the buffers, which own the storage, outlive the
        // call.
        withExtendedLifetime(self) {
            withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: count) { slices in
                for (index, buffer) in enumerated() {
                    slices.initializeElement(
                        at: index,
                        to: buffer.withUnsafeReadableBytesWithStorageManagement { bytes, _ in bytes }
                    )
                }
                return body(UnsafeBufferPointer(slices))
            }
        }
    }
}
