import Associations
import DIMSE
import DataSets
import Instances
import Logging
import NIOCore
import NIOPosix
import Nursery
import Synchronization
import TestSupport
import Testing

@testable import ApplicationEntities
@testable import ServiceClasses

/// Storage commitment over sockets: the response, and the result on the association of the request, or on another one.
@Suite struct StorageCommitmentTests {
    private static let contextID: UInt8 = 5

    private static func request(scp: Bool? = nil) -> AssociateRQ {
        AssociateRQ(
            calledAETitle: AETitle(asSent: Array("NODE".utf8)),
            callingAETitle: AETitle(asSent: Array("TEST".utf8)),
            presentationContexts: TestNode.request.presentationContexts + [
                ProposedPresentationContext(
                    id: contextID,
                    abstractSyntax: SOPClasses.storageCommitment,
                    transferSyntaxes: [UID(RawUID.implicitLittle)]
                )
            ],
            userInformation: UserInformation(
                maximumLengthReceived: 16_384,
                roleSelections: scp.map {
                    [RoleSelection(sopClassUID: SOPClasses.storageCommitment, scu: !$0, scp: $0)]
                } ?? []
            )
        )
    }

    private static let image = RawDataSet.image(sopInstanceUID: "1.2.3")

    private static func store(_ association: Association) async throws {
        let response = try await association.store(
            sopClassUID: UID(RawUID.ctImage),
            sopInstanceUID: "1.2.3",
            on: 3,
            length: image.count
        ) { offset, count in ByteBuffer(bytes: image[offset..<offset + count]) }
        #expect(response.status == .success)
    }

    private static func ask(
        _ association: Association,
        transactionUID: String = "2.25.1",
        _ instances: [String] = ["1.2.3"],
        is status: Status
    ) async throws {
        let dataSet = RawCommitment.dataSet(
            .implicitLittle,
            transactionUID: transactionUID,
            instances.map { (RawUID.ctImage, $0) }
        )
        let response = try await association.invoke(
            on: contextID,
            dataSet: DataSetSource(ByteBuffer(bytes: dataSet))
        ) {
            .nActionRQ(
                NActionRQ(
                    messageID: $0,
                    requestedSOPClassUID: SOPClasses.storageCommitment,
                    requestedSOPInstanceUID: CommitmentSCP.wellKnownInstanceUID,
                    actionTypeID: 1
                )
            )
        }
        guard case .nActionRSP = response.command else { throw ProcessError("no N-ACTION-RSP") }
        #expect(response.command.status == status)
    }

    private static func expect(_ report: CommitmentReports.Report?, _ failures: [CommitmentResult.FailureReason?])
        throws
    {
        let report = try #require(report)
        let result = CommitmentResult(
            transactionUID: "2.25.1",
            references: ["1.2.3", "1.2.4"].prefix(failures.count).map {
                .init(sopClassUID: RawUID.ctImage, sopInstanceUID: $0)
            },
            failures: failures
        )
        let information = result.eventInformation(transferSyntaxUID: report.transferSyntax.text)
        #expect(report.dataSet == Array(information.readableBytesView))
        #expect(report.command.eventTypeID == result.eventTypeID)
        #expect(report.command.affectedSOPClassUID == SOPClasses.storageCommitment)
        #expect(report.command.affectedSOPInstanceUID == CommitmentSCP.wellKnownInstanceUID)
    }

    @Test("while the association of the request is open, the result comes on it", arguments: [nil, false])
    func sameAssociation(scp: Bool?) async throws {
        let (bench, own, acceptor) = (CommitmentBench(), CommitmentReports(), CommitmentReports())
        try await bench.run(own: own, acceptor: acceptor) { requestor in
            try await requestor.withAssociation(Self.request(scp: scp)) { association in
                try await Self.store(association)
                try await Self.ask(association, ["1.2.3", "1.2.4"], is: .success)
                await bench.passGrace()
                await own.first.wait()
                #expect(try await association.echo(on: 1) == .success)
            }
        }
        try Self.expect(own.all.first, [nil, .noSuchObjectInstance])
        #expect(own.all.count == 1 && acceptor.all.isEmpty)
    }

    @Test("when the association of the request is released, the result comes on one of the node's, as SCP")
    func otherAssociation() async throws {
        let (bench, own, acceptor) = (CommitmentBench(), CommitmentReports(), CommitmentReports())
        try await bench.run(own: own, acceptor: acceptor) { requestor in
            try await requestor.withAssociation(Self.request()) { association in
                try await Self.store(association)
                try await Self.ask(association, is: .success)
            }
        }
        try Self.expect(acceptor.all.first, [nil])
        #expect(acceptor.all.count == 1 && own.all.isEmpty)
    }

    @Test("a release in the time that is left for it is answered at once, and the result comes on another association")
    func releaseInGrace() async throws {
        let (bench, own, acceptor) = (CommitmentBench(), CommitmentReports(), CommitmentReports())
        try await bench.run(own: own, acceptor: acceptor) { requestor in
            try await requestor.withAssociation(Self.request()) { association in
                try await Self.store(association)
                try await Self.ask(association, is: .success)
                await bench.clock.sleepers(atLeast: 1)
            }
        }
        #expect(acceptor.all.count == 1 && own.all.isEmpty)
    }

    @Test("an SCU that does not answer on its association hears the result on another one")
    func unanswered() async throws {
        let (bench, own, acceptor) = (CommitmentBench(), CommitmentReports(status: nil), CommitmentReports())
        try await bench.run(own: own, acceptor: acceptor) { requestor in
            try await requestor.withAssociation(Self.request()) { association in
                try await Self.ask(association, is: .success)
                await bench.passGrace()
                await own.first.wait()
            }
        }
        try Self.expect(own.all.first, [.noSuchObjectInstance])
        try Self.expect(acceptor.all.first, [.noSuchObjectInstance])
    }

    @Test("a release that comes with the request is answered behind the response")
    func pipelinedRelease() async throws {
        let bench = CommitmentBench()
        try await bench.run { requestor in
            let port = UInt16(requestor.port)
            try await onThread {
                let association = try RawAssociation(port: port, Self.raw)
                let request = Fragmentation.usual.encoded(
                    command: RawCommitment.action().encoded(),
                    dataSet: RawCommitment.dataSet(.implicitLittle, [(RawUID.ctImage, "1.2.3")]),
                    context: Self.contextID
                )
                try association.socket.send(request + RawPDU.releaseRQ.encoded())
                #expect(try association.receive().command.status == 0)
                #expect(association.socket.answer() == .released)
            }
        }
    }

    private static let raw = RawRequest().with {
        $0.callingAETitle = rawTitle("TEST")
        $0.contexts.append(.init(contextID, RawCommitment.sopClass, [RawUID.implicitLittle]))
    }

    @Test("the same request is one transaction; another one with its Transaction UID is refused")
    func duplicates() async throws {
        let (bench, own) = (CommitmentBench(), CommitmentReports())
        try await bench.run(own: own) { requestor in
            try await requestor.withAssociation(Self.request()) { association in
                try await Self.ask(association, is: .success)
                try await Self.ask(association, is: .success)
                try await Self.ask(association, ["1.2.4"], is: .invalidArgumentValue)
                #expect(bench.records.all.count == 1)
                await bench.passGrace()
                await own.first.wait()
                await bench.until { bench.transactions.count == 0 }
                // It has ended: its SCU may ask again, and is told again.
                try await Self.ask(association, is: .success)
                await bench.passGrace()
                await bench.until { own.all.count == 2 }
            }
        }
        #expect(own.all.count == 2)
    }

    @Test(
        "a request that is not for storage commitment has its status, and the association goes on",
        arguments: [
            (0x0003, [UInt8](even: RawUID.ctImage), 0x0118), (0x0003, nil, 0x0118),
            (0x1001, [UInt8](even: "1.2.3"), 0x0112), (0x1001, nil, 0x0112),
            (0x1008, RawCommand.us(2), 0x0123), (0x1008, nil, 0x0123),
        ] as [(UInt16, [UInt8]?, Int)]
    )
    func refused(element: UInt16, value: [UInt8]?, status: Int) async throws {
        let bench = CommitmentBench()
        try await bench.run { requestor in
            let port = UInt16(requestor.port)
            try await onThread {
                let association = try RawAssociation(port: port, Self.raw)
                try association.send(
                    RawCommitment.action().setting(element, value),
                    dataSet: RawCommitment.dataSet(.implicitLittle, [(RawUID.ctImage, "1.2.3")]),
                    context: Self.contextID
                )
                #expect(try association.receive().command.status == status)
                try association.send(
                    RawCommitment.action().setting(0x0800, RawCommand.us(0x0101)),
                    context: Self.contextID
                )
                #expect(try association.receive().command.status == 0x0115)
                // On a context of another class it is none of this service's.
                try association.send(
                    RawCommitment.action(),
                    dataSet: RawCommitment.dataSet(.explicitLittle, [(RawUID.ctImage, "1.2.3")]),
                    context: 3
                )
                #expect(try association.receive().command.status == 0x0211)
                #expect(try association.echo() == 0)
                try association.release()
            }
        }
    }

    @Test("a request that is too large is drained and refused with 0213H, and holds no memory afterwards")
    func tooLarge() async throws {
        let bench = CommitmentBench()
        try await bench.run { requestor in
            let port = UInt16(requestor.port)
            try await onThread {
                let association = try RawAssociation(port: port, Self.raw)
                let dataSet = [UInt8](repeating: 0, count: 9 << 20)
                // More of them than may arrive at once: each gives its bytes back.
                for _ in 0..<9 {
                    try association.send(RawCommitment.action(), dataSet: dataSet, context: Self.contextID)
                    #expect(try association.receive().command.status == 0x0213)
                }
                #expect(try association.echo() == 0)
                try association.release()
            }
        }
    }

    @Test("a peer that proposes to be SCP only gets no context")
    func scpOnly() async throws {
        let bench = CommitmentBench()
        try await bench.run { requestor in
            try await requestor.withAssociation(Self.request(scp: true)) { association in
                #expect(association.negotiated.contexts[Self.contextID] == nil)
                let status = try await association.echo(on: 1)
                #expect(status == .success)
            }
        }
    }
}
