import Associations
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import UpperLayer

/// The handler: what the peer sees and what the user is told, for each way an association goes.
@Suite struct UpperLayerHandlerTests {
    @Test("what is not DICOM is answered by A-ABORT, which is followed by the end of our sending")
    func notDICOM() throws {
        let harness = try HandlerHarness()
        try harness.receive(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(try harness.sent() == [.abort(.serviceUser)])
        guard case .aborted(.serviceUser, _)? = try harness.end() else {
            Issue.record("the end was not told")
            return
        }
        // Sta13: what still comes is read and thrown away, until the peer closes or a short ARTIM expires.
        #expect(harness.isOutputClosed)
        #expect(harness.isOpen)
        try harness.receive(Array("more".utf8))
        #expect(try harness.sent() == [])
        harness.advance(Timeouts.closing)
        #expect(!harness.isOpen)
    }

    @Test("a provider's rejection is AE-6: the user never hears of the request")
    func rejection() throws {
        let harness = try HandlerHarness(rejection: .localLimitExceeded)
        try harness.receive(.associateRQ(HandlerHarness.request))
        #expect(try harness.sent() == [.associateRJ(.localLimitExceeded)])
        let indications = try harness.indications()
        #expect(indications.count == 1)
        guard case .ended(.rejected(.localLimitExceeded))? = indications.first else {
            Issue.record("\(indications)")
            return
        }
    }

    @Test("accept, data, release")
    func association() throws {
        let harness = try HandlerHarness()
        try harness.receive(.associateRQ(HandlerHarness.request))
        guard case .associate(HandlerHarness.request)? = try harness.indications().first else {
            Issue.record("no A-ASSOCIATE indication")
            return
        }
        try harness.ask(.accept(HandlerHarness.answer))
        #expect(try harness.sent() == [.associateAC(HandlerHarness.answer)])
        try harness.receive(.dataTF(Self.data([1, 2, 3])))
        #expect(Self.bytes(in: try harness.indications()) == [1, 2, 3])
        try harness.receive(.releaseRQ)
        guard case .release? = try harness.indications().first else {
            Issue.record("no A-RELEASE indication")
            return
        }
        try harness.ask(.releaseResponse)
        #expect(try harness.sent() == [.releaseRP])
        #expect(try harness.end() == .released)
        harness.advance(Timeouts.closing)
        #expect(!harness.isOpen)
    }

    @Test("however the bytes are cut into reads, the fragments are the same", arguments: [1, 2, 3, 7, 11, 12, 13, 64])
    func cuts(size: Int) throws {
        let harness = try HandlerHarness()
        var bytes = ByteBuffer()
        try PDU.associateRQ(HandlerHarness.request).encode(into: &bytes)
        while let part = bytes.readSlice(length: min(size, bytes.readableBytes)), part.readableBytes > 0 {
            try harness.receive(part)
        }
        try harness.ask(.accept(HandlerHarness.answer))
        let data = (0..<1_000).map { UInt8(truncatingIfNeeded: $0) }
        for start in stride(from: 0, to: 1_000, by: 100) {
            try PDU.dataTF(Self.data(Array(data[start..<start + 100]))).encode(into: &bytes)
        }
        _ = try harness.indications()
        while let part = bytes.readSlice(length: min(size, bytes.readableBytes)), part.readableBytes > 0 {
            try harness.receive(part)
        }
        #expect(Self.bytes(in: try harness.indications()) == data)
    }

    @Test("a local close is Evt15: A-ABORT first, and the close completes when the peer has closed")
    func localClose() throws {
        let harness = try HandlerHarness.established()
        let closed = harness.channel.close()
        #expect(try harness.sent() == [.abort(.serviceUser)])
        #expect(harness.isOpen)
        harness.advance(Timeouts.closing)
        #expect(!harness.isOpen)
        try closed.wait()
    }

    @Test("an A-ABORT of the peer closes the connection, and is told as such")
    func abortedByPeer() throws {
        let harness = try HandlerHarness.established()
        try harness.receive(.abort(.serviceUser))
        #expect(try harness.end() == .abortedByPeer(.serviceUser))
        #expect(!harness.isOpen)
    }

    @Test("data after our A-RELEASE-RQ is discarded, and the association aborted (design: idle)")
    func dataWhileReleasing() throws {
        let harness = try HandlerHarness.established()
        harness.advance(.seconds(300))
        #expect(try harness.sent() == [.releaseRQ])
        try harness.receive(.dataTF(Self.data([1])))
        #expect(try harness.sent() == [.abort(.serviceUser)])
        let indications = try harness.indications()
        #expect(Self.bytes(in: indications) == [])
        guard case .ended(.aborted(.serviceUser, cause: "data after our A-RELEASE-RQ"))? = indications.last else {
            Issue.record("\(indications)")
            return
        }
    }

    @Test("the end names the PDU that was not to come, and only that")
    func cause() throws {
        let unexpected = try HandlerHarness.established()
        try unexpected.receive(.releaseRP)
        #expect(
            try unexpected.end() == .aborted(.serviceProvider(.unexpectedPDU), cause: "unexpected A-RELEASE-RP in Sta6")
        )
        let closed = try HandlerHarness.established()
        try closed.receive(.dataTF(Self.data([1])))
        closed.channel.close(promise: nil)
        #expect(try closed.end() == .aborted(.serviceUser, cause: "the association's task ended"))
    }

    @Test("release collision: the acceptor's confirmation comes after the requestor's (Sta10, Sta12)")
    func collision() throws {
        let harness = try HandlerHarness.established()
        harness.advance(.seconds(300))
        #expect(try harness.sent() == [.releaseRQ])
        try harness.receive(.releaseRQ)
        #expect(try harness.sent() == [])
        try harness.receive(.releaseRP)
        try harness.ask(.releaseResponse)
        #expect(try harness.sent() == [.releaseRP])
    }

    @Test(
        "release collision: an answer of the user, and its close, that come before the requestor's confirmation wait for it"
    )
    func earlyAnswer() throws {
        let harness = try HandlerHarness.established()
        harness.advance(.seconds(300))
        #expect(try harness.sent() == [.releaseRQ])
        try harness.receive(.releaseRQ)
        try harness.ask(.releaseResponse)
        harness.channel.close(promise: nil)
        #expect(try harness.sent() == [])
        try harness.receive(.releaseRP)
        #expect(try harness.sent() == [.releaseRP])
        #expect(try harness.end() == .released)
    }

    @Test("a transport connection that is lost is told, in whatever state", arguments: [false, true])
    func lost(established: Bool) throws {
        let harness = try established ? HandlerHarness.established() : HandlerHarness()
        harness.channel.pipeline.fireChannelInactive()
        #expect(try harness.end() == .transportClosed)
    }

    static func data(_ bytes: [UInt8]) -> DataTF {
        DataTF(values: [
            PresentationDataValue(
                presentationContextID: 1,
                isCommand: false,
                isLast: false,
                data: ByteBuffer(bytes: bytes)
            )
        ])
    }

    static func bytes(in indications: [UpperLayerIndication]) -> [UInt8] {
        indications.flatMap { indication -> [UInt8] in
            guard case .data(let fragments) = indication else { return [] }
            return fragments.flatMap { Array($0.bytes.readableBytesView) }
        }
    }
}
