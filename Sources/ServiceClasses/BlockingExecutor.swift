/// Threads on which calls that block (open, write, sync, link) are made, so that none is made on an event loop or on the
/// cooperative pool.
package protocol BlockingExecutor: Sendable {
    /// Runs `work` on one of the threads, in the order of submission as far as threads are free. Never drops it: a caller waits.
    ///
    /// - Parameter bytes: How much memory `work` reads that the caller has just filled: it may be worth staying near its caches.
    func submit(reading bytes: Int, _ work: @escaping @Sendable () -> Void)
}

extension BlockingExecutor {
    /// Runs `work`, which reads nothing large, on one of the threads.
    package func submit(_ work: @escaping @Sendable () -> Void) { self.submit(reading: 0, work) }

    /// Runs `work` on one of the threads and returns what it returns.
    ///
    /// Cancellation does not interrupt it: what has begun on a disk has an outcome, and the caller is told.
    ///
    /// - Parameter bytes: As with ``submit(reading:_:)``.
    package func run<Value: Sendable>(reading bytes: Int = 0, _ work: @escaping @Sendable () -> Value) async -> Value {
        await withUnsafeContinuation { continuation in
            self.submit(reading: bytes) { continuation.resume(returning: work()) }
        }
    }
}
