import Associations
import NIOCore
import NIOEmbedded
import Testing
import UpperLayer

@testable import ApplicationEntities

/// Connections and associations, counted.
@Suite struct AdmissionTests {
    private func limits(_ associations: Int, perHost: Int = 0) -> Limits {
        var limits = Limits()
        limits.associations = associations
        limits.associationsPerHost = perHost
        return limits
    }

    @Test("one association more than the limit is rejected as local limit exceeded, until one leaves")
    func associations() {
        let limits = self.limits(2)
        let admission = Admission()
        let places = (0..<3).map { _ in admission.enter(EmbeddedChannel(), host: "127.0.0.1", limits: limits) }
        #expect(admission.associate(places[0], title: "CT1", limits: limits) == nil)
        #expect(admission.associate(places[1], title: "CT1", limits: limits) == nil)
        #expect(admission.associate(places[2], title: "CT1", limits: limits) == .associations)
        admission.leave(places[0])
        #expect(admission.associate(places[2], title: "CT1", limits: limits) == nil)
        #expect(admission.associations == 2)
    }

    @Test("the limit of one host is its own")
    func perHost() {
        let limits = self.limits(10, perHost: 1)
        let admission = Admission()
        let first = admission.enter(EmbeddedChannel(), host: "127.0.0.1", limits: limits)
        let second = admission.enter(EmbeddedChannel(), host: "127.0.0.1", limits: limits)
        let other = admission.enter(EmbeddedChannel(), host: "127.0.0.2", limits: limits)
        #expect(admission.associate(first, title: "CT1", limits: limits) == nil)
        #expect(admission.associate(second, title: "CT1", limits: limits) == .associationsPerHost)
        #expect(admission.associate(other, title: "CT1", limits: limits) == nil)
        admission.leave(first)
        #expect(admission.associate(second, title: "CT1", limits: limits) == nil)
    }

    @Test("the limit of one AE title is its own, whatever hosts it comes from, and may be another for each")
    func perAETitle() {
        var limits = self.limits(10)
        limits.associationsPerAETitle = 1
        let admission = Admission()
        let places = (1...4).map { admission.enter(EmbeddedChannel(), host: "127.0.0.\($0)", limits: limits) }
        #expect(admission.associate(places[0], title: "CT1", limits: limits) == nil)
        #expect(admission.associate(places[1], title: "CT1", limits: limits) == .associationsPerAETitle)
        #expect(admission.associate(places[2], title: "CT2", limits: limits) == nil)
        limits.associationsPerAETitle = 2
        #expect(admission.associate(places[1], title: "CT1", limits: limits) == nil)
        #expect(admission.associate(places[3], title: "CT1", limits: limits) == .associationsPerAETitle)
        admission.dissociate(places[0])
        #expect(admission.associate(places[3], title: "CT1", limits: limits) == nil)
    }

    @Test("an association that is over no longer counts, though its connection lingers")
    func lingering() {
        let limits = self.limits(1)
        let admission = Admission()
        let first = admission.enter(EmbeddedChannel(), host: "127.0.0.1", limits: limits)
        let second = admission.enter(EmbeddedChannel(), host: "127.0.0.1", limits: limits)
        #expect(admission.associate(first, title: "CT1", limits: limits) == nil)
        admission.dissociate(first)
        #expect(admission.associate(second, title: "CT1", limits: limits) == nil)
        admission.leave(first)
        #expect(admission.associations == 1)
        #expect(admission.connections == 1)
    }

    @Test("too many without association: the one that has waited longest makes room, never one that is associated")
    func eviction() throws {
        let limits = self.limits(4)
        let admission = Admission()
        var channels: [EmbeddedChannel] = []
        var places: [Admission.Place] = []
        for _ in 0..<limits.unassociatedConnections {
            channels.append(EmbeddedChannel(handler: RoomMaker()))
            try channels[channels.count - 1].connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 104)).wait()
            places.append(admission.enter(channels[channels.count - 1], host: "127.0.0.1", limits: limits))
        }
        #expect(admission.associate(places[0], title: "CT1", limits: limits) == nil)
        _ = admission.enter(EmbeddedChannel(), host: "127.0.0.1", limits: limits)
        // One is associated, so there is room for one more.
        #expect(channels.allSatisfy { !Self.isClosed($0) })
        _ = admission.enter(EmbeddedChannel(), host: "127.0.0.1", limits: limits)
        #expect(!Self.isClosed(channels[0]))
        #expect(Self.isClosed(channels[1]))
        #expect(!Self.isClosed(channels[2]))
    }

    @Test("of those without association a stranger makes room first, however short it has waited")
    func strangers() throws {
        let limits = self.limits(4)
        let admission = Admission()
        let channels = (0...limits.unassociatedConnections).map { _ in EmbeddedChannel(handler: RoomMaker()) }
        for channel in channels {
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 104)).wait()
        }
        let strangers = [500, 700]
        for (index, channel) in channels.enumerated() {
            _ = admission.enter(channel, host: "h", isStranger: strangers.contains(index), limits: limits)
        }
        #expect(channels.indices.filter { Self.isClosed(channels[$0]) } == [500])
        for _ in 0..<2 { _ = admission.enter(EmbeddedChannel(handler: RoomMaker()), host: "h", limits: limits) }
        #expect(channels.indices.filter { Self.isClosed(channels[$0]) } == [0, 500, 700])
    }

    @Test("a connection whose association has ended waits from then on, behind those that have waited longer")
    func evictionOrder() throws {
        let limits = self.limits(4)
        let admission = Admission()
        let channels = (0..<limits.unassociatedConnections).map { _ in EmbeddedChannel(handler: RoomMaker()) }
        for channel in channels {
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 104)).wait()
        }
        let places = channels.map { admission.enter($0, host: "127.0.0.1", limits: limits) }
        #expect(admission.associate(places[0], title: "CT1", limits: limits) == nil)
        admission.dissociate(places[0])
        _ = admission.enter(EmbeddedChannel(handler: RoomMaker()), host: "127.0.0.1", limits: limits)
        #expect(!Self.isClosed(channels[0]))
        #expect(Self.isClosed(channels[1]))
    }

    @Test("the book stays small over any number of comings and goings")
    func storm() {
        let limits = self.limits(2)
        let admission = Admission()
        let channel = EmbeddedChannel()
        for _ in 0..<100_000 {
            let place = admission.enter(channel, host: "127.0.0.1", limits: limits)
            _ = admission.associate(place, title: "CT1", limits: limits)
            admission.leave(place)
        }
        #expect(admission.connections == 0)
        #expect(admission.associations == 0)
        #expect(admission.bookSize < 4_096)
    }

    private static func isClosed(_ channel: EmbeddedChannel) -> Bool {
        channel.embeddedEventLoop.run()
        return channel.closeFuture.isFulfilledNow
    }
}

extension EventLoopFuture<Void> {
    /// Whether it is complete at this moment, on the loop of an embedded channel.
    fileprivate var isFulfilledNow: Bool {
        let isFulfilled = NIOLoopBoundBox(false, eventLoop: self.eventLoop)
        whenComplete { _ in isFulfilled.value = true }
        return isFulfilled.value
    }
}

/// What the upper-layer handler does with a connection that has to go.
private final class RoomMaker: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        if event is UpperLayerHandler.MakeRoom { context.close(promise: nil) }
        promise?.succeed()
    }
}
