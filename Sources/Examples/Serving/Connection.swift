import Glibc
package import NIOCore
import Nursery

/// One accepted connection.
package struct Connection: Sendable {
    package typealias Inbound = AsyncMapSequence<NIOAsyncChannelInboundStream<ByteBuffer>, ByteBuffer>

    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
    private let open: OpenConnections
    private let watch: IdleWatch?

    init(_ channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>, open: OpenConnections, idle: Duration?) {
        self.channel = channel
        self.open = open
        watch = idle.map(IdleWatch.init)
    }

    /// Runs `conversation`, writes out what it said, and closes the connection, whatever happens.
    ///
    /// *Errors*: none: what goes wrong with one peer is told on standard error and touches no other peer.
    package func serve(_ conversation: @escaping @Sendable (Conversation) async throws -> Void) async {
        defer { open.leave(channel.channel) }
        do {
            try await channel.executeThenClose { inbound, outbound in
                guard open.enter(channel.channel) else { throw Refused() }
                let peer = Conversation(inbound, outbound, channel.channel, watch)
                guard let watch else { return try await peer.hold(conversation) }
                try await withNursery { (nursery: borrowing Nursery) in
                    nursery.startSoon { try await watch.expire() }
                    try await peer.hold(conversation)
                    nursery.cancel()
                }
            }
        } catch is CancellationError {
        } catch {
            writeLine("\(channel.channel.remoteAddress?.description ?? "peer"): \(error)", to: STDERR_FILENO)
        }
    }
}

/// Both directions of a connection, as long as it is served.
package struct Conversation: Sendable {
    /// What the peer sends; ends with its half of the connection. To be read by one loop only.
    package let inbound: Connection.Inbound

    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private let channel: any Channel
    private let watch: IdleWatch?

    init(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ channel: any Channel,
        _ watch: IdleWatch?
    ) {
        self.inbound = inbound.map { bytes in
            watch?.touch()
            return bytes
        }
        self.outbound = outbound
        self.channel = channel
        self.watch = watch
    }

    /// Sends `bytes`; waits while the peer does not read.
    package func send(_ bytes: ByteBuffer) async throws {
        try await outbound.write(bytes)
        watch?.touch()
    }

    /// Sends `line` and the end of the line.
    package func send(line: String) async throws {
        try await send(ByteBuffer(string: line + "\n"))
    }

    /// Ends our half of the connection, once everything has been written.
    package func finish() async throws {
        try await flush()
        try await channel.close(mode: .output)
    }

    /// Closes the connection now, with whatever is still to be written.
    package func drop() {
        channel.close(promise: nil)
    }

    func hold(_ conversation: @Sendable (Conversation) async throws -> Void) async throws {
        try await conversation(self)
        try await flush()
    }

    /// Waits until everything has gone to the kernel: closing a channel drops what has not.
    private func flush() async throws {
        guard channel.isActive else { return }
        try await withTaskCancellationHandler {
            try await channel.writeAndFlush(ByteBuffer())
        } onCancel: {
            channel.close(promise: nil)  // A future does not know of cancellation; closing fails the write.
        }
    }
}

/// The server is full.
struct Refused: Error {}
