package import NIOCore

/// Runs an association's tasks on its channel's event loop.
///
/// The reading loop, the channel handler and the children then share one thread: a byte crosses no thread between the
/// socket and the batch that is handed to an I/O thread, and no lock on the way is ever contended.
///
/// *Resources*: holds the event loop, which outlives it; nothing is to be closed.
package final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    /// - Parameter eventLoop: Where every job of the tasks runs.
    package init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Called by the runtime, from any thread: the job runs in the loop's next turn.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        eventLoop.execute { job.runSynchronously(on: executor) }
    }
}
