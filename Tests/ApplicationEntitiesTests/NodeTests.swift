import Archive
import Associations
import DIMSE
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import Nursery
import ServiceClasses
import TestSupport
import Testing
import UpperLayer

@testable import ApplicationEntities

/// The whole node in this process, on loopback, with our own requestor at the other end.
@Suite struct NodeTests {
    @Test("an accepted socket says what it has at once, and keeps little for a peer that does not read")
    func socketOptions() async throws {
        let node = try TestNode()
        let entity = node.entity(MemoryStore())
        let listener = try await entity.bind()
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(to: try #require(listener.channels.first?.localAddress)).get()
        _ = try #require(await listener.accepted.next())
        let channel = try #require(entity.admission.channels.first)
        #expect(try await channel.getOption(.tcpOption(.tcp_nodelay)).get() != 0)
        // The kernel doubles what it is asked for (socket(7)).
        #expect(try await channel.getOption(.socketOption(.so_sndbuf)).get() == 2 * AcceptorLimits.sendBuffer)
        try await channel.close()
        await listener.close()
        try? await client.close()
    }

    @Test("C-ECHO and C-STORE over one association; the bytes on disk are the bytes sent")
    func storeAndEcho() async throws {
        let node = try TestNode()
        let dataSet = RawDataSet.image(sopInstanceUID: "1.2.3.4.5.6", pixels: 400_000)
        try await node.run { requestor in
            let status = try await requestor.withAssociation(TestNode.request) { association in
                let stored = try await association.store(
                    sopClassUID: UID(RawUID.ctImage),
                    sopInstanceUID: "1.2.3.4.5.6",
                    on: 3,
                    length: dataSet.count
                ) { offset, count in ByteBuffer(bytes: dataSet[offset..<offset + count]) }
                #expect(stored.status == .success)
                return try await association.echo(on: 1)
            }
            #expect(status == .success)
        }
        let file = try contents(of: node.directory.path + "/archive/1.2.3.4/1.2.3.4.5/1.2.3.4.5.6.dcm")
        #expect(Array(file.suffix(dataSet.count)) == dataSet)
        #expect(try node.leftovers() == [])
    }

    @Test("told to stop, the node releases an idle association and ends")
    func stopWhileIdle() async throws {
        let node = try TestNode()
        try await node.run { requestor in
            let error = await #expect(throws: RequestorError.self) {
                try await requestor.withAssociation(TestNode.request) { association in
                    #expect(try await association.echo(on: 1) == .success)
                    node.stop.open()
                    try await association.waitForRelease()
                }
            }
            guard case .ended(.released)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test("an association that does not end is aborted when `drain` has passed, on the injected clock")
    func drain() async throws {
        let clock = ManualClock()
        var timeouts = Timeouts()
        timeouts.idle = .hours(1)
        let node = try TestNode(settings: Settings.Snapshot(timeouts: timeouts), clock: clock)
        try await node.run { requestor in
            await #expect(throws: RequestorError.self) {
                try await requestor.withAssociation(TestNode.request) { association in
                    // A message that has begun keeps the association busy.
                    try await association.sendPartOfAMessage(on: 1)
                    node.stop.open()
                    await clock.sleepers(atLeast: 1)
                    clock.advance(by: .seconds(30))
                    try await association.waitForRelease()
                }
            }
        }
        #expect(try node.leftovers() == [])
    }

    @Test("told a second time to stop, the node aborts what has not ended, though `drain` is off", arguments: [0, 30])
    func abort(drain: Int64) async throws {
        var timeouts = Timeouts()
        timeouts.idle = .hours(1)
        timeouts.drain = .seconds(drain)
        let node = try TestNode(settings: Settings.Snapshot(timeouts: timeouts), clock: ManualClock())
        try await node.run { requestor in
            await #expect(throws: RequestorError.self) {
                try await requestor.withAssociation(TestNode.request) { association in
                    // A message that has begun keeps the association busy.
                    try await association.sendPartOfAMessage(on: 1)
                    node.stop.open()
                    node.abort.open()
                    try await association.waitForRelease()
                }
            }
        }
        #expect(try node.leftovers() == [])
    }

    @Test("connections that are aborted are told that the process ends", arguments: [false, true])
    func closeSoon(isExpired: Bool) async throws {
        let clock = ManualClock()
        let node = try TestNode(clock: clock)
        let entity = node.entity(MemoryStore())
        let told = Told()
        let channel = NIOAsyncTestingChannel()
        try await channel.pipeline.addHandler(told).get()
        _ = entity.admission.enter(channel, host: "127.0.0.1", limits: Limits())
        try await node.run(entity, Services([])) { requestor in
            await #expect(throws: RequestorError.self) {
                try await requestor.withAssociation(TestNode.request) { association in
                    // A message that has begun keeps the association busy.
                    try await association.sendPartOfAMessage(on: 1)
                    node.stop.open()
                    if isExpired {
                        await clock.sleepers(atLeast: 1)
                        clock.advance(by: .seconds(30))
                    } else {
                        node.abort.open()
                    }
                    await told.isClosing.wait()
                    try await association.waitForRelease()
                }
            }
        }
        _ = try? await channel.finish()
    }

    /// Notes the event.
    private final class Told: ChannelOutboundHandler, Sendable {
        typealias OutboundIn = ByteBuffer
        let isClosing = Signal()

        func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
            if event is UpperLayerHandler.CloseSoon { isClosing.open() }
            promise?.succeed()
        }
    }

    @Test("an instance whose association is lost in the middle leaves nothing behind")
    func lostInTheMiddle() async throws {
        let node = try TestNode()
        try await node.run { requestor in
            struct Lost: Error {}
            await #expect(throws: Lost.self) {
                try await requestor.withAssociation(TestNode.request) { association in
                    _ = try await association.store(
                        sopClassUID: UID(RawUID.ctImage),
                        sopInstanceUID: "1.2.3",
                        on: 3,
                        length: 10_000_000
                    ) { offset, count in
                        guard offset < 5_000_000 else { throw Lost() }
                        return ByteBuffer(repeating: 0, count: count)
                    }
                }
            }
        }
        #expect(try node.leftovers() == [])
        #expect(try filesBelow(node.directory.path + "/archive").filter { $0.hasSuffix(".dcm") } == [])
    }
}

extension Association {
    /// Waits for what ends the association: a response that never comes.
    func waitForRelease() async throws {
        _ = try await invocations.open().response()
    }

    /// A fragment of a command set that is not the last.
    func sendPartOfAMessage(on contextID: UInt8) async throws {
        let part = PresentationDataValue(
            presentationContextID: contextID,
            isCommand: true,
            isLast: false,
            data: ByteBuffer(bytes: [0, 0])
        )
        try await connection.write(.data([DataTF(values: [part])]))
    }
}
