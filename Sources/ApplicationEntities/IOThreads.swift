import NIOPosix
import ServiceClasses

/// The threads that do the node's file-system calls.
///
/// *Resources*: ``withIOThreads(count:_:)`` starts them and ends them; what was submitted before the end is run.
package struct IOThreads: BlockingExecutor {
    private let pool: NIOThreadPool

    fileprivate init(_ pool: NIOThreadPool) {
        self.pool = pool
    }

    package func submit(_ work: @escaping @Sendable () -> Void) {
        // The pool cancels what is queued when it shuts down; whoever waits must be answered all the same.
        self.pool.submit { _ in work() }
    }
}

/// Runs `body` with threads for blocking calls, which end after it.
package func withIOThreads<Value: Sendable>(
    count: Int = Limits.ioThreads,
    _ body: (IOThreads) async throws -> Value
) async throws -> Value {
    let pool = NIOThreadPool(numberOfThreads: count)
    pool.start()
    do {
        let value = try await body(IOThreads(pool))
        try await pool.shutdownGracefully()
        return value
    } catch {
        try await pool.shutdownGracefully()
        throw error
    }
}
