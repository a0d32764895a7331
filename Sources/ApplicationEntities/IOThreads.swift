import NIOPosix
import ServiceClasses

/// The threads that wait for the disk, so that no event loop does.
///
/// *Resources*: ``withIOThreads(count:_:)`` starts them and ends them; what was submitted before the end is run.
package final class IOThreads: BlockingExecutor {
    private let pool: NIOThreadPool

    fileprivate init(_ pool: NIOThreadPool) { self.pool = pool }

    /// Has a thread run `work`, in the order of submission.
    package func submit(_ work: @escaping @Sendable () -> Void) { self.pool.submit { _ in work() } }
}

/// Runs `body` with threads for blocking calls, which end after it.
///
/// - Parameter count: How many; they mostly wait.
package func withIOThreads<Value: Sendable>(
    count: Int = AcceptorLimits.ioThreads,
    _ body: (IOThreads) async throws -> Value
) async throws -> Value {
    let pool = NIOThreadPool(numberOfThreads: count)
    pool.start()
    let result: Result<Value, any Error>
    do { result = .success(try await body(IOThreads(pool))) } catch { result = .failure(error) }
    try await pool.shutdownGracefully()
    return try result.get()
}
