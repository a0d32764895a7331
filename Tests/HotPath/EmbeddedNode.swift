import ApplicationEntities
import Archive
import Associations
import Logging
import NIOCore
import NIOEmbedded
import ServiceClasses
import SystemPackage
import TestSupport
import UpperLayer

/// The node around one association: the real handler, nursery, service classes and archive, on an embedded channel and
/// a disk that is none.
struct EmbeddedNode {
    private let entity: ApplicationEntity

    init() throws {
        let store = LocalArchive(
            onCallingThread: try InstanceArchive(ArchiveConfiguration(path: "/archive"), fileSystem: NoDisk())
        )
        entity = ApplicationEntity(
            listen: [.init(host: "nowhere", port: 0)],
            implementationClassUID: "2.25.1",
            implementationVersionName: "HOT_PATH",
            services: { settings in
                let storage = StorageSCP(
                    store: store,
                    acceptance: settings.access.storage,
                    limits: settings.limits.storageSCP,
                    implementationClassUID: "2.25.1",
                    implementationVersionName: "HOT_PATH"
                )
                return Services([Verification(), storage])
            },
            settings: Settings(),
            eventLoopGroup: EmbeddedEventLoop(),
            // As quiet as a node at its default level is between associations.
            logger: Logger(label: "hot-path") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// One association: the request, then each message with its response, then the release.
    func serve(_ request: ByteBuffer, _ messages: [[ByteBuffer]]) async throws {
        let channel = EmbeddedChannel()
        let association = try entity.arrive(channel)
        let loop = EventLoopExecutor(channel.eventLoop)
        try await withThrowingTaskGroup(of: Void.self) { group in
            // All its jobs are the loop's, and run when the peer below runs the loop.
            group.addTask(executorPreference: loop) { await association.serve() }
            try Peer(channel: channel).converse(request, messages)
            try await group.waitForAll()
        }
    }
}

/// What the peer does: it sends each read's bytes, and waits for each answer.
private struct Peer {
    let channel: EmbeddedChannel

    func converse(_ request: ByteBuffer, _ messages: [[ByteBuffer]]) throws {
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 104), promise: nil)
        channel.embeddedEventLoop.run()
        try ask([request], expecting: 2)
        var last = ByteBuffer()
        for reads in messages { last = try ask(reads, expecting: 4) }
        // One is looked at, so that the looking costs the same for any number: they are all alike.
        let response = try RawCommand(decoding: Array(last.readableBytesView.dropFirst(12)))
        guard response.status == 0 else { throw UnexpectedCourse(description: "response \(response)") }
        try ask([Script.release], expecting: 6)
        channel.close(promise: nil)
        // From the handler downwards, as the kernel does it.
        channel.pipeline.fireChannelInactive()
        channel.embeddedEventLoop.run()
    }

    /// Sends reads and looks at the one PDU that answers them.
    @discardableResult
    private func ask(_ reads: [ByteBuffer], expecting type: UInt8) throws -> ByteBuffer {
        for read in reads {
            channel.pipeline.fireChannelRead(read)
            channel.pipeline.fireChannelReadComplete()
            channel.embeddedEventLoop.run()
        }
        guard let answer = try channel.readOutbound(as: ByteBuffer.self),
            answer.getInteger(at: 0, as: UInt8.self) == type
        else { throw UnexpectedCourse(description: "no PDU of type \(type) where it was due") }
        return answer
    }
}
