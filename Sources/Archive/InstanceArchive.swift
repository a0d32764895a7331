import Glibc
import Synchronization

/// Files instances, each whole or not at all, and says "stored" only of what a power cut cannot take back.
///
/// Synchronous: every call may wait for the disk, so none may run on an event loop or the cooperative pool. All calls
/// may be made from any thread at once. How the archive writes, and what that is worth, is in docs/durability.md.
///
/// *Resources*: three descriptors, and one for each pending instance.
package final class InstanceArchive: Sendable {
    package let configuration: ArchiveConfiguration
    private let disk: any FileSystem
    private let markerPath: String
    private let current: Mutex<Root>
    private let queue: CommitQueue

    /// Opens the archive, and clears away what an earlier process left half-written.
    ///
    /// - Throws: `.notInitialized`, `.inUse`, `.configuration`, or what the disk said.
    package init(
        _ configuration: ArchiveConfiguration,
        fileSystem: any FileSystem = POSIXFileSystem()
    ) throws(ArchiveError) {
        self.configuration = configuration
        disk = fileSystem
        markerPath = "\(configuration.path)/\(Root.ownDirectory)/\(Root.markerName)"
        try Root.prepare(configuration, on: fileSystem)
        current = Mutex(try Root(configuration.path, on: fileSystem))
        queue = CommitQueue(Committer(configuration))
    }

    /// Begins an instance. Its head is written together with its first bytes.
    ///
    /// - Throws: `.unavailable` while the archive's disk is gone; `.outOfSpace`; what the disk said.
    package func begin(_ meta: FileMetaInformation) throws(ArchiveError) -> PendingInstance {
        let root = try root()
        let temporary = try attempt("make a file") { () throws(SystemError) in try Temporary(in: root) }
        let writeBack = configuration.sync == .always ? WriteBack(stride: configuration.writeBackStride) : nil
        return PendingInstance(meta, in: temporary, writeBack: writeBack)
    }

    /// Makes an instance durable under its name.
    ///
    /// Commits that come together share their syncs: a caller who finds nobody at work does the work, for all who come
    /// meanwhile too, until none is waiting; everybody else returns at once.
    ///
    /// - Parameter completion: Called once, perhaps before this returns, on the thread of whoever did the work. It must
    ///   neither wait nor commit.
    package func commit(
        _ pending: consuming PendingInstance,
        as keys: InstanceKeys,
        completion: @escaping @Sendable (Result<StoredInstance, ArchiveError>) -> Void
    ) {
        if let failure = pending.failure { return completion(.failure(failure)) }
        if !pending.header.isEmpty {
            // An empty data set. The head alone is a file that says so.
            let result = Result { () throws(ArchiveError) in
                try pending.append(UnsafeRawBufferPointer(start: nil, count: 0))
            }
            if case .failure(let failure) = result { return completion(.failure(failure)) }
        }
        queue.add(Commit(pending, keys: keys, completion: completion)) { () throws(ArchiveError) in try root() }
    }

    /// The archive's directory, as long as it is what is found at its path.
    ///
    /// A disk that was unmounted shows its bare mount point there, without the marker: then nothing is written. When it
    /// is back, perhaps as another mount, it is opened anew.
    private func root() throws(ArchiveError) -> Root {
        let found: FileStatus
        do throws(SystemError) {
            found = try SystemError.retrying { () throws(SystemError) in try disk.status(ofPath: markerPath) }
        } catch {
            guard error.code != ENOENT, error.code != ENOTDIR else {
                throw ArchiveError(.unavailable, "the archive's marker is gone: is its disk mounted?")
            }
            throw ArchiveError(error, doing: "look at the archive's marker")
        }
        let result = current.withLock { current in
            Result { () throws(ArchiveError) in
                if current.markerStatus.device != found.device || current.markerStatus.inode != found.inode {
                    current = try Root(configuration.path, on: disk)
                }
                return current
            }
        }
        return try result.get()
    }
}
