import Glibc
package import NIOCore
import NIOPosix

/// A bound port, and the connections that arrive at it.
package struct Listener: Sendable {
    /// The connections, one by one; ends when the listener is closed.
    package let arrivals: NIOAsyncChannelInboundStream<Connection>

    let channel: any Channel
    let signals: NIOAsyncChannelInboundStream<ByteBuffer>
    let open: OpenConnections
    let drain: Duration

    /// Waits for SIGTERM or SIGINT, and stops the server: no more arrivals, and the end of input for all who are
    /// connected.
    ///
    /// A peer that has not finished after `--drain` seconds is cancelled, by the error that this function throws then.
    package func stopOnSignal() async throws {
        for try await _ in signals { break }
        try Task.checkCancellation()
        channel.close(promise: nil)
        open.endInput()
        try await Task.sleep(for: drain)
        throw DrainExpired()
    }
}

/// Some connections had to be cut off.
struct DrainExpired: Error {}

/// Binds the port, says so on standard output, and runs `body` on the listener's event loop; closes the port after it.
package func withListener(
    _ options: ServerOptions,
    _ body: @escaping @Sendable (Listener) async throws -> Void
) async throws {
    raiseDescriptorLimit()
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    try await withTaskExecutorPreference(EventLoopExecutor(eventLoop)) {
        try await Signals.open(on: eventLoop).executeThenClose { signals in
            let open = OpenConnections(limit: options.connections)
            let port = try await bind(options, open, on: eventLoop)
            try await port.executeThenClose { arrivals in
                let listener = Listener(
                    arrivals: arrivals,
                    channel: port.channel,
                    signals: signals,
                    open: open,
                    drain: .seconds(options.drain)
                )
                if let address = port.channel.localAddress, let host = address.ipAddress, let port = address.port {
                    writeLine("listening on \(host.contains(":") ? "[\(host)]" : host):\(port)", to: STDOUT_FILENO)
                }
                do { try await body(listener) } catch is DrainExpired {}
            }
        }
    }
}

private func bind(
    _ options: ServerOptions,
    _ open: OpenConnections,
    on eventLoop: any EventLoop
) async throws -> NIOAsyncChannel<Connection, Never> {
    try await ServerBootstrap(group: eventLoop)
        .serverChannelOption(.backlog, value: 4_096)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        // One read a turn: a second one would mostly be told that there is nothing more, and other peers wait.
        .childChannelOption(.maxMessagesPerRead, value: 1)
        // A peer that has said all it has to say still gets its answer.
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        // What a peer that does not read can make the kernel and the channel hold.
        .childChannelOption(.socketOption(.so_sndbuf), value: 65_536)
        .childChannelOption(.writeBufferWaterMark, value: .init(low: 16_384, high: 65_536))
        .bind(host: options.host, port: options.port) { channel in
            channel.eventLoop.makeCompletedFuture {
                Connection(
                    try NIOAsyncChannel(wrappingChannelSynchronously: channel),
                    open: open,
                    idle: options.idle == 0 ? nil : .seconds(options.idle)
                )
            }
        }
}
