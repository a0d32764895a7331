/// Opens once; each task that waits, from then on or already, goes on.
package final class Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    package func open() {
        continuation.finish()
    }

    /// Returns when it is open, or the task is cancelled.
    package func wait() async {
        for await _ in stream {}
    }
}
