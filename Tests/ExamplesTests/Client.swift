import Glibc
import NIOCore
import NIOPosix

/// A scripted client.
struct Client {
    let channel: any Channel
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var chunks: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var buffer = ByteBuffer()

    /// Connects, runs `script`, and closes.
    static func run<R: Sendable>(
        to port: Int,
        receiveBuffer: Int? = nil,
        _ script: (inout Client) async throws -> R
    ) async throws -> R {
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: receiveBuffer)
        }
        let connection = try await bootstrap.connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        return try await connection.executeThenClose { inbound, outbound in
            var client = Client(channel: connection.channel, outbound: outbound, chunks: inbound.makeAsyncIterator())
            return try await script(&client)
        }
    }

    func send(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    /// Ends this client's half of the connection.
    func endOutput() async throws {
        try await channel.writeAndFlush(ByteBuffer())
        try await channel.close(mode: .output)
    }

    /// Closes the connection by a reset.
    func reset() async throws {
        guard let socket = channel as? any SocketOptionProvider else { throw ChannelError.operationUnsupported }
        try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close()
    }

    /// The next line without its end; nil at the end of input.
    mutating func line() async throws -> String? {
        while true {
            if let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer.readString(length: end - buffer.readerIndex)
                buffer.moveReaderIndex(forwardBy: 1)
                return line
            }
            guard let chunk = try await chunks.next() else { return nil }
            buffer.writeImmutableBuffer(chunk)
        }
    }

    /// Exactly `count` bytes, or fewer at the end of input.
    mutating func bytes(_ count: Int) async throws -> String {
        while buffer.readableBytes < count, let chunk = try await chunks.next() {
            buffer.writeImmutableBuffer(chunk)
        }
        return buffer.readString(length: min(count, buffer.readableBytes)) ?? ""
    }

    /// Everything up to the end of input.
    mutating func rest() async throws -> String {
        try await bytes(.max)
    }

    /// Joins the chat.
    mutating func join(as name: String) async throws -> String? {
        guard try await line() == "What's your name?" else { return nil }
        try await send("\(name)\n")
        return try await line()
    }
}

/// Lets this process have as many descriptors as it may.
func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
