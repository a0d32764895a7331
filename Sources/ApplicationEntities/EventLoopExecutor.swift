package import NIOCore

/// Runs an association's tasks on its channel's event loop.
///
/// The reading loop, the channel handler and the children then share one thread: a byte crosses no thread between the socket
/// and the batch that is handed to an I/O thread, and no lock on the way is ever contended.
///
/// *Resources*: holds the event loop, which outlives it; nothing is to be closed.
package final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    package init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = self.asUnownedTaskExecutor()
        self.eventLoop.execute { job.runSynchronously(on: executor) }
    }
}
