package import NIOCore

/// An association's connection as its tasks see it: indications in, requests out (PS3.8 §7).
///
/// All but ``closing(_:)`` is called where the association's tasks run: on the channel's event loop.
///
/// *Resources*: ``closing(_:)`` closes it.
package struct AssociationConnection: Sendable {
    /// The channel, until it is closed.
    package let channel: any Channel
    private let user: NIOLoopBound<ServiceUserHandler>

    /// Adds the last handler of the pipeline; called on the event loop.
    package init(wrapping channel: any Channel) throws {
        let user = ServiceUserHandler()
        try channel.pipeline.syncOperations.addHandler(user)
        self.channel = channel
        self.user = NIOLoopBound(user, eventLoop: channel.eventLoop)
    }

    /// Runs `body`, then closes the connection and waits until it is closed.
    ///
    /// *Resources*: when it returns or throws, the transport connection is closed. That is not interrupted by
    /// cancellation: the goodbye is the channel handlers', on the event loop's timers.
    ///
    /// *Errors*: what `body` throws. Cancellation ends every wait in `body`: ``next()`` gives nil, ``write(_:)``
    /// throws.
    package func closing<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let result: Result<Value, any Error>
        do {
            result = .success(
                try await withTaskCancellationHandler(operation: body) {
                    self.channel.eventLoop.execute { self.user.value.cancel() }
                }
            )
        } catch {
            result = .failure(error)
        }
        channel.close(promise: nil)
        try? await channel.closeFuture.get()
        return try result.get()
    }

    /// The next indication; nil when there will be none, or the task has been cancelled.
    package func next() async -> UpperLayerIndication? {
        if let indication = user.value.take() { return indication }
        return await withUnsafeContinuation { self.user.value.waitToRead($0) }
    }

    /// What is still to be told: how the association has ended. What comes before that is dropped.
    package func end() async -> AssociationEnd {
        while let indication = await next() {
            if case .ended(let end) = indication { return end }
        }
        return .transportClosed
    }

    /// Sends a request, and waits while the peer does not take what was sent.
    ///
    /// *Errors*: `ChannelError.ioOnClosedChannel` if the connection is closed, `CancellationError` if the task was
    /// cancelled.
    package func write(_ request: UpperLayerRequest) async throws {
        guard user.value.write(request) else {
            try Task.checkCancellation()
            throw ChannelError.ioOnClosedChannel
        }
        if !user.value.isWritable {
            await withUnsafeContinuation { self.user.value.waitToWrite($0) }
        }
    }

    /// Lets others on this event loop have their turn: their sockets are looked at before the caller goes on.
    ///
    /// `Task.yield()` would not do: the loop works off what is enqueued before it looks at its sockets again.
    package func yield() async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            self.channel.eventLoop.scheduleTask(in: UpperLayerLimits.turnPause) { continuation.resume() }
        }
    }
}
