import Glibc

/// Files instances, each whole or not at all, and says "stored" only of what a power cut cannot take back.
///
/// Synchronous: every call may wait for the disk, so none may run on an event loop or the cooperative pool. All calls
/// may be made from any thread at once. How the archive writes, and what that is worth, is in docs/durability.md.
///
/// *Resources*: at rest four descriptors to `restingDescriptorsMax`; one more for each pending instance.
package final class InstanceArchive: Sendable {
    package let configuration: ArchiveConfiguration
    let root: CurrentRoot
    private let commits: DataStage
    let freeSpace: FreeSpace

    /// Those of its root, and of the directories it keeps open.
    package static let restingDescriptorsMax = 4 + KeptDirectories.countMax

    /// Opens the archive, clears away what an earlier process left half-written, and tries out what an instance will
    /// need.
    ///
    /// - Parameter report: Told at once of what is no error, and later of what is made again.
    /// - Throws: `.notInitialized`, `.inUse`, `.configuration`, or what the disk said; with what to do about it.
    package init(
        _ configuration: ArchiveConfiguration,
        fileSystem: any FileSystem = POSIXFileSystem(),
        report: @escaping ArchiveRemark.Report = { _ in }
    ) throws(ArchiveError) {
        self.configuration = configuration
        let root: CurrentRoot
        let freeSpace = FreeSpace(minimum: configuration.minimumFree)
        do throws(ArchiveError) {
            root = try CurrentRoot(configuration, on: fileSystem, report: report)
            try Self.tryOut(root, freeSpace, configuration, report)
        } catch {
            throw error.withCure(configuration.path, on: fileSystem)
        }
        self.root = root
        self.freeSpace = freeSpace
        let names = NameStage(configuration) { Result { () throws(ArchiveError) in try root.get() } }
        commits = DataStage(configuration, next: names)
    }

    /// A full disk, and one with less room than is to stay free, is no reason not to start: instances are refused until
    /// there is room.
    private static func tryOut(
        _ root: CurrentRoot,
        _ freeSpace: FreeSpace,
        _ configuration: ArchiveConfiguration,
        _ report: ArchiveRemark.Report
    ) throws(ArchiveError) {
        do throws(ArchiveError) {
            let root = try root.get()
            try root.tryOut(configuration.sync)
            try freeSpace.check(root)
        } catch {
            guard error.kind == .outOfSpace else { throw error }
            report(
                ArchiveRemark(
                    .warning,
                    "\(configuration.path): \(error): instances are refused (A700H) until there is room"
                )
            )
        }
    }

    /// Begins an instance. Its head is written together with its first bytes.
    ///
    /// - Throws: `.unavailable` while the archive's disk is gone; `.outOfSpace`; what the disk said.
    package func begin(_ meta: FileMetaInformation) throws(ArchiveError) -> PendingInstance {
        let root = try root.get()
        try freeSpace.check(root)
        let temporary = try attempt("make a file") { () throws(SystemError) in try Temporary(in: root) }
        let writeBack = configuration.sync == .always ? WriteBack(stride: configuration.writeBackStride) : nil
        return PendingInstance(meta, in: temporary, writeBack: writeBack)
    }

    /// Makes an instance durable under its name.
    ///
    /// Commits that come together share their syncs: a caller who finds few at work joins them, works for others too
    /// until none is waiting, and then returns; everybody else returns at once.
    ///
    /// - Parameters:
    ///   - digest: Of all bytes that were appended; kept with the file.
    ///   - completion: Called once, perhaps before this returns, on the thread of whoever did the work. It must neither wait nor commit.
    package func commit(
        _ pending: consuming PendingInstance,
        as keys: InstanceKeys,
        digest: Digest,
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
        pending.keep(digest)
        freeSpace.wrote(pending.dataSetLength)
        commits.add(Commit(pending, keys: keys, received: Glibc.time(nil), completion: completion))
    }
}
