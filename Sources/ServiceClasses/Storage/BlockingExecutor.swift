/// Threads on which calls that block (open, write, sync, link) are made, so that none is made on an event loop or on
/// the cooperative pool.
package protocol BlockingExecutor: Sendable {
    /// Runs `work` on one of the threads, in the order of submission as far as threads are free. Never drops it: a
    /// caller waits.
    func submit(_ work: @escaping @Sendable () -> Void)
}

extension BlockingExecutor {
    /// Runs `work` on one of the threads, and returns what it returns.
    ///
    /// Cancellation does not interrupt it: what has begun on a disk has an outcome, and the caller is told.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withUnsafeContinuation { continuation in
            self.submit { continuation.resume(returning: work()) }
        }
    }
}
