import Glibc

/// Commits batches, one at a time.
///
/// The order is what durability rests on: every file's bytes, then the names, then every directory in which a name
/// appeared, then the answers.
struct Committer: Sendable {
    private let configuration: ArchiveConfiguration
    private let layout = Layout()
    private var memory = DirectoryMemory()

    init(_ configuration: ArchiveConfiguration) { self.configuration = configuration }

    /// - Returns: What became of each, in order.
    mutating func run(
        _ batch: [Commit],
        root: () throws(ArchiveError) -> Root
    ) -> [Result<StoredInstance, ArchiveError>] {
        let current: Root
        do throws(ArchiveError) {
            current = try root()
        } catch {
            return batch.map { _ in .failure(error) }
        }
        var entries = batch.map(Entry.init)
        for index in entries.indices { entries[index].check(isFrom: current) }
        if configuration.sync == .always { synchronizeData(&entries, root: current) }

        var placement = Placement(
            configuration: configuration,
            layout: layout,
            tree: DirectoryTree(current, memory: memory)
        )
        placement.tree.removeDoubtful()
        for index in entries.indices where entries[index].failure == nil { placement.place(&entries[index]) }
        if configuration.sync == .always {
            let changed = placement.tree.changed.count
            placement.tree.synchronize(wholeFileSystem: usesWholeFileSystem(current, changed))
            for index in entries.indices { placement.judge(&entries[index]) }
            placement.tree.removeDoubtful()
        }
        memory = placement.tree.memory
        return entries.map(\.result)
    }

    private func usesWholeFileSystem(_ root: Root, _ count: Int) -> Bool {
        root.syncIsTrusted && count >= configuration.wholeFileSystemSyncMin
    }

    /// Makes the bytes durable, together where that is cheaper.
    private func synchronizeData(_ entries: inout [Entry], root: Root) {
        let failedSyncs = root.failedSyncs
        let pending = entries.indices.filter { entries[$0].failure == nil }
        // A file that was open when such a sync failed may be the one that failed; only its own sync still tells.
        let together = pending.filter { entries[$0].commit.temporary.failedSyncs == failedSyncs }
        var one = Set(pending)
        if usesWholeFileSystem(root, together.count) {
            do throws(SystemError) {
                try root.synchronizeFileSystem()
            } catch {
                let failure = ArchiveError(error, doing: "sync the instances' data")
                for index in together { entries[index].failure = failure }
            }
            one.subtract(together)
        }
        for index in pending where one.contains(index) {
            do throws(SystemError) {
                try entries[index].commit.temporary.file.synchronize(.data)
            } catch {
                // Never tried again: the kernel forgets which pages it could not write.
                entries[index].failure = ArchiveError(error, doing: "sync the instance's data")
            }
        }
    }
}

/// One instance of a batch.
struct Entry {
    let commit: Commit
    var failure: ArchiveError?
    var stored: StoredInstance?
    /// The directory that holds its name, or the one it was found to be identical with.
    var directory: DirectoryTree.Node?
    /// Where it is, if this batch put it there.
    var placedPath: String?

    init(_ commit: Commit) { self.commit = commit }

    mutating func check(isFrom root: Root) {
        guard commit.temporary.root !== root else { return }
        failure = ArchiveError(.unavailable, "the archive's disk was exchanged while the instance arrived")
    }

    var result: Result<StoredInstance, ArchiveError> {
        if let failure { return .failure(failure) }
        guard let stored else {
            return .failure(ArchiveError(.io(EIO), "the instance was not placed"))
        }
        return .success(stored)
    }
}
