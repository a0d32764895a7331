import NIOCore
import NIOEmbedded
import Testing

@testable import UpperLayer

@Suite("Service user")
struct ServiceUserHandlerTests {
    /// Counts how often the channel is asked to read.
    private final class ReadCounter: ChannelOutboundHandler {
        typealias OutboundIn = Never
        var reads = 0

        func read(context: ChannelHandlerContext) { reads += 1 }
    }

    private let counter = ReadCounter()
    private let user = ServiceUserHandler()
    private let channel = EmbeddedChannel()

    init() throws {
        try channel.pipeline.syncOperations.addHandlers([counter, user])
    }

    private func tell(_ count: Int) {
        for _ in 0..<count { channel.pipeline.fireChannelRead(UpperLayerIndication.data([])) }
    }

    @Test("four indications wait, then the channel reads no more until two are left")
    func backPressure() {
        tell(UpperLayerLimits.readBuffersHigh - 1)
        channel.pipeline.read()
        #expect(counter.reads == 1)
        tell(1)
        channel.pipeline.read()
        #expect(counter.reads == 1)
        _ = user.take()
        #expect(counter.reads == 1)
        _ = user.take()
        #expect(counter.reads == 2)
        _ = user.take()
        #expect(counter.reads == 2)
    }

    @Test(
        "a second request for the read that is withheld is passed on: the channel is about to close, and reads what is left"
    )
    func lastRead() {
        tell(UpperLayerLimits.readBuffersHigh)
        channel.pipeline.read()
        #expect(counter.reads == 0)
        channel.pipeline.read()
        #expect(counter.reads == 1)
    }

    @Test("what has come before the end of the channel is taken after it")
    func queuedAtEnd() {
        tell(UpperLayerLimits.readBuffersHigh + 3)
        channel.pipeline.fireChannelInactive()
        for _ in 0..<UpperLayerLimits.readBuffersHigh + 3 { #expect(user.take().map { _ in true } == true) }
        #expect(user.take().map { _ in true } == nil)
    }

    @Test("indications come in order, to a reader that waits and to one that comes later")
    func order() async {
        let first = await withUnsafeContinuation { reader in
            self.user.waitToRead(reader)
            self.channel.pipeline.fireChannelRead(UpperLayerIndication.release)
            self.channel.pipeline.fireChannelRead(UpperLayerIndication.ended(.released))
        }
        guard case .release? = first, case .ended(.released)? = user.take() else {
            Issue.record("out of order")
            return
        }
        #expect(user.take().map { _ in true } == nil)
    }

    @Test("the end of the channel ends every wait, now and later")
    func close() async throws {
        let waited = await withUnsafeContinuation { reader in
            self.user.waitToRead(reader)
            self.channel.pipeline.fireChannelInactive()
        }
        #expect(waited.map { _ in true } == nil)
        let later = await withUnsafeContinuation { self.user.waitToRead($0) }
        #expect(later.map { _ in true } == nil)
        await withUnsafeContinuation { self.user.waitToWrite($0) }
        #expect(!user.write(.release))
    }

    @Test("cancellation ends every wait, and nothing is sent after it")
    func cancel() async throws {
        channel.isWritable = false
        await withUnsafeContinuation { writer in
            self.user.waitToWrite(writer)
            self.user.cancel()
        }
        let waited = await withUnsafeContinuation { self.user.waitToRead($0) }
        #expect(waited.map { _ in true } == nil)
        #expect(!user.write(.release))
        #expect(try channel.readOutbound(as: UpperLayerRequest.self).map { _ in true } == nil)
    }

    @Test("a writer waits until the peer has taken enough")
    func writability() async {
        channel.isWritable = false
        await withUnsafeContinuation { writer in
            self.user.waitToWrite(writer)
            self.channel.isWritable = true
            self.channel.pipeline.fireChannelWritabilityChanged()
        }
        #expect(user.write(.release))
    }
}
