import Instances
import NIOCore
import Synchronization
import SystemPackage

/// A pending instance as an object of the local archive: decides on which thread each call is made.
///
/// *Resources*: the pending instance, and with it a temporary file, from the first bytes on until it is committed,
/// discarded or failed.
final class PendingFile: PendingObject {
    private let store: LocalArchive
    private let head: FileMetaInformation
    /// Of one thread at a time, because the object's operations are called one after the other.
    private let state = Mutex(State())

    private struct State: ~Copyable {
        /// From the first bytes on.
        var instance: PendingInstance?
        /// Committed, discarded or failed: nothing more is taken, so that no file begins in the middle of an instance.
        var isEnded = false

        mutating func end() {
            instance = nil
            isEnded = true
        }
    }

    private var path: FilePath { store.archive.configuration.path }

    private static let ended = ArchiveError(.unavailable, "the instance was given up before")

    init(_ head: FileMetaInformation, in store: LocalArchive) {
        self.head = head
        self.store = store
    }

    func append(_ bytes: [ByteBuffer]) async throws(StoreError) {
        let failure = store.writesOnCallingThread ? write(bytes) : await store.threads.run { self.write(bytes) }
        if let failure { throw StoreError(failure, in: path) }
    }

    func commit(
        _ last: [ByteBuffer],
        as keys: InstanceKeys,
        digest: Digest,
        attributes: DeferredAttributes
    ) async throws(StoreError) -> StoredInstance {
        let end = InstanceEnd(keys: keys, digest: digest, attributes: attributes)
        if store.writesOnCallingThread, let failure = write(last, end) { throw StoreError(failure, in: path) }
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
        do throws(ArchiveError) { return try result.get() } catch { throw StoreError(error, in: path) }
    }

    func discard() async {
        let isBegun = state.withLock { state in
            if state.instance == nil { state.end() }
            return state.instance != nil
        }
        if isBegun { await store.threads.run { self.state.withLock { $0.end() } } }
    }

    /// Writes bytes behind what is there; the first ones open the file. After an error nothing is left of it.
    ///
    /// - Parameter end: With the last bytes.
    private func write(_ bytes: [ByteBuffer], _ end: InstanceEnd? = nil) -> ArchiveError? {
        state.withLock { (state: inout State) -> ArchiveError? in
            guard !state.isEnded else { return Self.ended }
            do throws(ArchiveError) {
                if state.instance == nil { state.instance = try store.archive.begin(head) }
                if !bytes.isEmpty {
                    try bytes.withSlices { slices -> Result<Void, ArchiveError> in
                        Result { () throws(ArchiveError) in try state.instance?.append(slices) ?? () }
                    }.get()
                }
                if let end { try state.instance?.finish(end) }
                return nil
            } catch {
                state.end()
                return error
            }
        }
    }

    private var isTaken: Bool {
        state.withLock { (state: inout State) -> Bool in
            guard let instance = state.instance.take() else { return false }
            let isTaken = store.archive.isTaken(instance)
            state.instance = consume instance
            return isTaken
        }
    }

    private func commit(completion: @escaping @Sendable (Result<StoredInstance, ArchiveError>) -> Void) {
        let instance = state.withLock { (state: inout State) -> PendingInstance? in
            state.isEnded = true
            return state.instance.take()
        }
        guard let instance else { return completion(.failure(Self.ended)) }
        store.archive.commit(instance, completion: completion)
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
