import Archive
import Synchronization

/// The file for the next instance of one association, made while the peer is busy with the last response: it is there when the
/// instance comes.
///
/// *Resources*: a descriptor from ``prepare()`` until the next instance begins, or ``drop()``.
package final class NextFile: Sendable {
    private let archive: InstanceArchive
    private let executor: any BlockingExecutor
    private let spare = Mutex<SpareFile?>(nil)

    init(archive: InstanceArchive, executor: any BlockingExecutor) {
        self.archive = archive
        self.executor = executor
    }

    /// Makes the file, if there is none and the calling thread may wait for a disk.
    package func prepare() {
        guard self.executor.isCurrent, self.spare.withLock({ $0 == nil }) else { return }
        let made = self.archive.spare()
        self.spare.withLock { $0 = made }
    }

    /// Lets the file go: nothing is known of a next instance. For a thread that may wait for a disk.
    package func drop() { self.spare.withLock { $0 = nil } }

    func take() -> SpareFile? { self.spare.withLock { $0.take() } }
}
