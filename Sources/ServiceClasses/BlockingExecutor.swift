/// Threads on which calls that block (open, write, sync, link) are made, so that none is made on an event loop or on the
/// cooperative pool.
package protocol BlockingExecutor: Sendable {
    /// The calling thread is one of those that may wait for a disk, and nobody but the caller waits for it.
    var isCurrent: Bool { get }

    /// Runs `work` on one of the threads, in the order of submission as far as threads are free. Never drops it: a caller waits.
    func submit(_ work: @escaping @Sendable () -> Void)
}

extension BlockingExecutor {
    /// Runs `work` on one of the threads, at once if it is the calling one, and returns what it returns.
    ///
    /// Cancellation does not interrupt it: what has begun on a disk has an outcome, and the caller is told.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        if self.isCurrent { return work() }
        return await withUnsafeContinuation { continuation in
            self.submit { continuation.resume(returning: work()) }
        }
    }
}
