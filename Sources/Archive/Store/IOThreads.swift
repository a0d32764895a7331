import NIOPosix

/// The archive's threads, on which every call is made that may wait for the device: they write, lead group commit, sync
/// and read.
///
/// *Resources*: ``with(_:)`` starts them and ends them; what was submitted before the end is run.
struct IOThreads: Sendable {
    /// Nil: work is done on the calling thread.
    private let pool: NIOThreadPool?

    /// None: work is done on the calling thread, as tests want it that decide the order of everything.
    static let none = IOThreads(pool: nil)

    /// More than processors, because they mostly wait for the device.
    static let count = 16

    /// Has a thread do `work`, in the order of submission.
    func submit(_ work: @escaping @Sendable () -> Void) {
        guard let pool else { return work() }
        // Also of a pool that is ending: a caller waits.
        pool.submit { _ in work() }
    }

    /// Has a thread do `work`, and returns what it returns. Cancellation does not interrupt it.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        guard pool != nil else { return work() }
        return await withUnsafeContinuation { continuation in
            submit { continuation.resume(returning: work()) }
        }
    }

    /// Runs `body` with threads that end after it.
    static func with<Value: Sendable>(
        _ body: (IOThreads) async throws -> Value
    ) async throws -> Value {
        let pool = NIOThreadPool(numberOfThreads: count)
        pool.start()
        let result: Result<Value, any Error>
        do { result = .success(try await body(IOThreads(pool: pool))) } catch { result = .failure(error) }
        try await pool.shutdownGracefully()
        return try result.get()
    }
}
