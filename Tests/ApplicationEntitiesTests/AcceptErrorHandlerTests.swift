import Glibc
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import ApplicationEntities

@Suite("A listener that the kernel refuses connections")
struct AcceptErrorHandlerTests {
    private static let noDescriptors = IOError(errnoCode: EMFILE, reason: "accept")
    private static let noMemory = IOError(errnoCode: ENOMEM, reason: "accept")

    @Test("what lasts is logged once, with its cure, and so is its end; the back-off handler behind sees it each time")
    func once() throws {
        let log = RecordedLog()
        let channel = EmbeddedChannel()
        let behind = Behind()
        try channel.pipeline.syncOperations.addHandlers([AcceptErrorHandler(logger: log.logger), behind])
        for _ in 0..<5 { channel.pipeline.fireErrorCaught(Self.noDescriptors) }
        #expect(log.lines.count == 1)
        #expect(log.lines.first?.contains("LimitNOFILE=") == true)
        #expect(behind.errors == 5)
        for _ in 0..<3 { try channel.writeInbound(EmbeddedChannel() as any Channel) }
        #expect(log.lines.count == 2)
        #expect(behind.connections == 3)
        channel.pipeline.fireErrorCaught(Self.noMemory)
        channel.pipeline.fireErrorCaught(Self.noDescriptors)
        #expect(log.lines.count == 4)
    }

    @Test("what goes wrong with one connection stays with it")
    func oneConnection() throws {
        let log = RecordedLog()
        let channel = EmbeddedChannel()
        let behind = Behind()
        try channel.pipeline.syncOperations.addHandlers([AcceptErrorHandler(logger: log.logger), behind])
        channel.pipeline.fireErrorCaught(ChannelError.inputClosed)
        #expect(log.lines.count == 1)
        #expect(behind.errors == 0)
    }
}

/// Counts what comes through.
private final class Behind: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private(set) var errors = 0
    private(set) var connections = 0

    func errorCaught(context: ChannelHandlerContext, error: any Error) { errors += 1 }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { connections += 1 }
}

/// The lines of a log, kept.
final class RecordedLog: Sendable {
    private let recorded = Mutex<[String]>([])

    var lines: [String] { recorded.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider?
        var logLevel = Logger.Level.info

        init(log: RecordedLog) {
            self.log = log
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.recorded.withLock { $0.append("\(event.level) \(event.message)") }
        }
    }
}
