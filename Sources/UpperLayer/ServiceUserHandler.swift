import Associations
import NIOCore

/// The channel's end of an association's task: indications wait here until the task takes them, and requests go out from here.
///
/// Task and handler share one thread, the channel's event loop, so this is a queue and two lists of those who wait: no lock, no
/// hop, nothing generic. The watermarks of ``UpperLayerLimits`` bound the queue: one element pins one read buffer, and above the high mark the
/// channel reads no more until the task has come down to the low one.
///
/// *Resources*: whoever waits is resumed at the latest when the channel closes or ``cancel()`` is called.
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

    func handlerRemoved(context: ChannelHandlerContext) { self.close() }

    func channelInactive(context: ChannelHandlerContext) { self.close() }

    private func close() {
        self.context = nil
        self.isClosed = true
        self.resumeAll()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let indication = self.unwrapInboundIn(data)
        if let reader = self.reader.take() {
            reader.resume(returning: indication)
        } else {
            self.indications.append(indication)
        }
    }

    func read(context: ChannelHandlerContext) {
        // A second request for the one that was withheld is NIO's, about to close the channel on a failed write: what the kernel still holds
        // is read now or never.
        if self.indications.count < UpperLayerLimits.readBuffersHigh || self.isReadWithheld {
            context.read()
        } else {
            self.isReadWithheld = true
            context.triggerUserOutboundEvent(UpperLayerHandler.ReadWithheld(), promise: nil)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { self.resumeWriters() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The transport's errors end in the handler before this one; nothing is left to be told.
    }

    // MARK: The task's side

    /// The next indication, if it has come.
    func take() -> UpperLayerIndication? {
        guard let indication = self.indications.popFirst() else { return nil }
        if self.isReadWithheld, self.indications.count <= UpperLayerLimits.readBuffersLow {
            self.isReadWithheld = false
            self.context?.read()
        }
        return indication
    }

    /// Resumes `reader` with the next indication; with nil if there will be none, or nobody wants it any more.
    func waitToRead(_ reader: UnsafeContinuation<UpperLayerIndication?, Never>) {
        if self.isClosed || self.isCancelled {
            reader.resume(returning: nil)
        } else {
            self.reader = reader
        }
    }

    /// Sends a request; false if the channel is closed or the task was cancelled.
    func write(_ request: UpperLayerRequest) -> Bool {
        guard let context = self.context, !self.isCancelled else { return false }
        context.writeAndFlush(self.wrapOutboundOut(request), promise: nil)
        return true
    }

    /// The peer takes what we send: whoever has more to send need not wait.
    var isWritable: Bool { self.context?.channel.isWritable ?? true }

    /// Resumes `writer` when the peer has taken enough of what was sent.
    func waitToWrite(_ writer: UnsafeContinuation<Void, Never>) {
        if self.isClosed || self.isCancelled || self.isWritable {
            writer.resume()
        } else {
            self.writers.append(writer)
        }
    }

    /// Ends every wait, now and in future.
    func cancel() {
        self.isCancelled = true
        self.resumeAll()
    }

    private func resumeAll() {
        self.reader.take()?.resume(returning: nil)
        self.resumeWriters()
    }

    private func resumeWriters() {
        let writers = self.writers
        self.writers = []
        for writer in writers { writer.resume() }
    }
}
