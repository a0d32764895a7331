import Associations
import NIOCore

/// The channel's end of an association's task: indications wait here until the task takes them, and requests go out
/// from here.
///
/// Task and handler share one thread, the channel's event loop, so this is a queue and two lists of those who wait: no
/// lock, no hop, nothing generic. The watermarks of ``UpperLayerLimits`` bound the queue: one element pins one read
/// buffer, and above the high mark the channel reads no more until the task has come down to the low one.
///
/// *Resources*: a task that waits is resumed at the latest when the channel closes or ``cancel()`` is called.
final class ServiceUserHandler: ChannelDuplexHandler {
    typealias InboundIn = UpperLayerIndication
    typealias InboundOut = Never
    typealias OutboundIn = UpperLayerRequest
    typealias OutboundOut = UpperLayerRequest

    private var context: ChannelHandlerContext?
    private var indications = CircularBuffer<UpperLayerIndication>(initialCapacity: 1)
    private var reader: UnsafeContinuation<UpperLayerIndication?, Never>?
    private var writers: [UnsafeContinuation<Void, Never>] = []
    private var isReadWithheld = false
    /// The channel is closed: nothing follows.
    private var isClosed = false
    /// The association's task was cancelled: it waits for nothing any more.
    private var isCancelled = false

    // MARK: The channel's side

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { close() }

    func channelInactive(context: ChannelHandlerContext) { close() }

    private func close() {
        context = nil
        isClosed = true
        resumeAll()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let indication = unwrapInboundIn(data)
        if let reader = self.reader.take() {
            reader.resume(returning: indication)
        } else {
            indications.append(indication)
        }
    }

    func read(context: ChannelHandlerContext) {
        // A second request for the one that was withheld is NIO's, about to close the channel on a failed write: what
        // the kernel still holds is read now or never.
        if indications.count < UpperLayerLimits.readBuffersHigh || isReadWithheld {
            context.read()
        } else {
            isReadWithheld = true
            context.triggerUserOutboundEvent(UpperLayerHandler.ReadWithheld(), promise: nil)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { resumeWriters() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The transport's errors end in the handler before this one; nothing is left to be told.
    }

    // MARK: The task's side

    /// The next indication, if it has come.
    func take() -> UpperLayerIndication? {
        guard let indication = indications.popFirst() else { return nil }
        if isReadWithheld, indications.count <= UpperLayerLimits.readBuffersLow {
            isReadWithheld = false
            context?.read()
        }
        return indication
    }

    /// Resumes `reader` with the next indication; with nil if there will be none, or nobody wants it any more.
    func waitToRead(_ reader: UnsafeContinuation<UpperLayerIndication?, Never>) {
        if isClosed || isCancelled {
            reader.resume(returning: nil)
        } else {
            self.reader = reader
        }
    }

    /// Sends a request; false if the channel is closed or the task was cancelled.
    func write(_ request: UpperLayerRequest) -> Bool {
        guard let context = self.context, !isCancelled else { return false }
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
        return true
    }

    /// The peer takes what we send: a task that has more to send need not wait.
    var isWritable: Bool { context?.channel.isWritable ?? true }

    /// Resumes `writer` when the peer has taken enough of what was sent.
    func waitToWrite(_ writer: UnsafeContinuation<Void, Never>) {
        if isClosed || isCancelled || isWritable {
            writer.resume()
        } else {
            writers.append(writer)
        }
    }

    /// Ends every wait, now and in future.
    func cancel() {
        isCancelled = true
        resumeAll()
    }

    private func resumeAll() {
        reader.take()?.resume(returning: nil)
        resumeWriters()
    }

    private func resumeWriters() {
        let writers = self.writers
        self.writers = []
        for writer in writers { writer.resume() }
    }
}
