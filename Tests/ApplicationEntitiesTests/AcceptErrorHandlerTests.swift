import Glibc
import Logging
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import ApplicationEntities

@Suite("A listener that the kernel refuses connections")
struct AcceptErrorHandlerTests {
    private static let noDescriptors = IOError(errnoCode: EMFILE, reason: "accept")
    private static let noMemory = IOError(errnoCode: ENOMEM, reason: "accept")

    @Test("what lasts is logged once, with its cure, and so is its end")
    func once() throws {
        let log = RecordedLog()
        let channel = EmbeddedChannel(handler: AcceptErrorHandler(logger: log.logger))
        for _ in 0..<5 { channel.pipeline.fireErrorCaught(Self.noDescriptors) }
        #expect(log.messages.count == 1)
        #expect(log.messages.first?.contains("LimitNOFILE=") == true)
        for _ in 0..<3 { try channel.writeInbound(EmbeddedChannel() as any Channel) }
        #expect(log.messages.count == 2)
        channel.pipeline.fireErrorCaught(Self.noMemory)
        channel.pipeline.fireErrorCaught(Self.noDescriptors)
        #expect(log.messages.count == 4)
    }

    @Test("while the kernel refuses, the listener is not read for a second at a time")
    func pause() throws {
        let channel = EmbeddedChannel(handler: AcceptErrorHandler(logger: RecordedLog().logger))
        func autoRead() -> Bool? { channel.options.compactMap { $0.value as? Bool }.last }
        for _ in 0..<5 { channel.pipeline.fireErrorCaught(Self.noDescriptors) }
        #expect(autoRead() == false)
        channel.embeddedEventLoop.advanceTime(by: AcceptorLimits.acceptPause - .nanoseconds(1))
        #expect(autoRead() == false)
        channel.embeddedEventLoop.advanceTime(by: .nanoseconds(1))
        #expect(autoRead() == true)
        channel.pipeline.fireErrorCaught(Self.noDescriptors)
        #expect(autoRead() == false)
    }

    @Test("what goes wrong with one connection stays with it")
    func oneConnection() throws {
        let log = RecordedLog()
        let channel = EmbeddedChannel(handler: AcceptErrorHandler(logger: log.logger))
        channel.pipeline.fireErrorCaught(ChannelError.inputClosed)
        #expect(log.messages.count == 1)
        #expect(channel.options.isEmpty)
    }
}
