import Synchronization

/// Keeps some of the disk free: an instance is refused before its data is written, while the disk has less.
///
/// Asking the file system is not free, so the last answer counts until a quarter of the distance to the limit may have
/// been written, or a second has passed.
final class FreeSpace: Sendable {
    private struct Known {
        var root: ObjectIdentifier?
        var available: UInt64 = 0
        var taken: UInt64 = 0
        var time: UInt64 = 0
    }

    private let minimum: UInt64
    private let known = Mutex(Known())

    init(minimum: UInt64) { self.minimum = minimum }

    /// Bytes were written.
    func wrote(_ count: UInt64) {
        guard minimum > 0 else { return }
        known.withLock { $0.taken &+= count }
    }

    /// - Throws: `.outOfSpace` below the limit.
    func check(_ root: Root) throws(ArchiveError) {
        guard minimum > 0 else { return }
        let now = root.disk.now()
        let last = known.withLock { $0 }
        var available = last.available
        // What another thread has kept meanwhile may be younger than `now`.
        let age = now > last.time ? now - last.time : 0
        let isFresh = last.root == ObjectIdentifier(root) && age < 1_000_000_000
        if !isFresh || available < minimum || last.taken > (available - minimum) / 4 {
            available = try attempt("ask how much is free") { () throws(SystemError) in
                try root.disk.volume(of: root.directory.descriptor).available
            }
            known.withLock { $0 = Known(root: ObjectIdentifier(root), available: available, taken: 0, time: now) }
        }
        guard available >= minimum else {
            throw ArchiveError(.outOfSpace, "only \(available) bytes are free, less than the minimum of \(minimum)")
        }
    }
}
