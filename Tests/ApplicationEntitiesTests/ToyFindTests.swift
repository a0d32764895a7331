import Associations
import DIMSE
import NIOCore
import Nursery
import ServiceClasses
import Synchronization
import TestSupport
import Testing

@testable import ApplicationEntities

/// A C-FIND that finds what it is told to: a third service class, to show that the door holds one (PS3.4 Annex C, PS3.7
/// §9.1.2).
private struct ToyFind: ServiceClass {
    let permission = Permission.store

    static let studyRoot: UID = "1.2.840.10008.5.1.4.1.2.2.1"

    /// What an operation does between its pending responses and the last one.
    enum Course: Sendable {
        case end
        /// Waits for C-CANCEL.
        case untilCancelled
        /// Tells the requestor something on the same association, and ends with the status of the answer.
        case report
        /// Ends without a last response.
        case forget
    }

    let course: Course
    /// Pending responses, each with the query as its data set.
    var matches = 3
    let begun = Signal()

    func terms(for abstractSyntax: UID) -> ContextTerms? {
        abstractSyntax == Self.studyRoot ? ContextTerms() : nil
    }

    func begin(_ request: Request) -> Decision? {
        guard case .other(let set, field: 0x0020) = request.command, let messageID = set.unsignedShort(.messageID)
        else { return nil }
        return .perform(Query(find: self, messageID: messageID, contextID: request.context.id))
    }

    private final class Query: Operation {
        let isCancellable = true
        private let find: ToyFind
        private let messageID: UInt16
        private let contextID: UInt8
        private let identifier = Mutex(ByteBuffer())

        init(find: ToyFind, messageID: UInt16, contextID: UInt8) {
            self.find = find
            self.messageID = messageID
            self.contextID = contextID
        }

        func receive(_ bytes: ByteBuffer) -> Bool {
            identifier.withLock { _ = $0.writeImmutableBuffer(bytes) }
            return false
        }

        func settle() async {}

        func perform(_ responder: any Responder) async {
            let identifier = identifier.withLock { $0 }
            for _ in 0..<find.matches {
                let pending = Command.of(0x8020, answering: messageID, status: 0xFF00, hasDataSet: true)
                await responder.pending(Message(pending, dataSet: identifier))
            }
            find.begun.open()
            var status: UInt16 = 0
            switch find.course {
            case .end: break
            case .forget: return
            case .untilCancelled:
                await Signal().wait()
                status = Task.isCancelled ? 0xFE00 : 0xC000
            case .report:
                let answer = try? await responder.invoke(
                    on: contextID,
                    dataSet: DataSetSource(identifier),
                    pending: { _ in }
                ) {
                    .of(0x0100, messageID: $0, hasDataSet: true)
                }
                status = answer?.command.status?.rawValue ?? 0xC001
            }
            await responder.final(Message(.of(0x8020, answering: messageID, status: status)))
        }

        func discard() async {}
    }
}

/// The other side of N-EVENT-REPORT: what a requestor does with a request of the acceptor.
private struct ToyEvents: ServiceClass {
    let permission = Permission.store

    func terms(for abstractSyntax: UID) -> ContextTerms? { nil }

    func begin(_ request: Request) -> Decision? {
        guard case .nEventReportRQ(let report) = request.command else { return nil }
        let response = NEventReportRSP(to: report, status: Status(rawValue: 0x0107))
        return .respond(Message(.nEventReportRSP(response)))
    }
}

extension Command {
    /// A command of the few elements that the toys need.
    fileprivate static func of(
        _ field: UInt16,
        messageID: UInt16? = nil,
        answering: UInt16? = nil,
        status: UInt16? = nil,
        hasDataSet: Bool = false
    ) -> Command {
        let values: [(CommandSet.Tag, UInt16?)] = [
            (.commandField, field), (.messageID, messageID), (.messageIDBeingRespondedTo, answering),
            (.commandDataSetType, hasDataSet ? 0 : 0x0101), (.status, status),
        ]
        let elements = values.compactMap { tag, value in
            value.map { CommandSet.Element(tag: tag, value: [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)]) }
        }
        return .other(CommandSet(elements), field: field)
    }
}

/// A service class that the node has never seen: pending responses, cancellation, and requests of its own on the same
/// association.
@Suite struct ToyFindTests {
    private static let request = AssociateRQ(
        calledAETitle: AETitle(asSent: Array("NODE".utf8)),
        callingAETitle: AETitle(asSent: Array("TEST".utf8)),
        presentationContexts: TestNode.request.presentationContexts + [
            ProposedPresentationContext(
                id: 5,
                abstractSyntax: ToyFind.studyRoot,
                transferSyntaxes: ["1.2.840.10008.1.2"]
            )
        ],
        userInformation: UserInformation(maximumLengthReceived: 16_384)
    )

    /// A node with the toy, and an association with it.
    private func with(
        _ find: ToyFind,
        _ body: @escaping @Sendable (Association) async throws -> Void
    ) async throws {
        let node = try TestNode(services: [find])
        try await node.run(services: Services([ToyEvents()])) { requestor in
            try await requestor.withAssociation(Self.request, body)
        }
        #expect(try node.leftovers() == [])
    }

    private static let query = ByteBuffer(bytes: (0..<100_000).map { UInt8(truncatingIfNeeded: $0) })

    @Test("each pending response comes with its data set, in order, then the last one")
    func pending() async throws {
        try await with(ToyFind(course: .end, matches: 20)) { association in
            var found = 0
            let last = try await association.invoke(
                on: 5,
                dataSet: DataSetSource(Self.query),
                pending: { response in
                    #expect(response.dataSet == Self.query)
                    found += 1
                },
                { .of(0x0020, messageID: $0, hasDataSet: true) }
            )
            #expect(found == 20)
            #expect(last.command.status == .success)
            #expect(try await association.echo(on: 1) == .success)
        }
    }

    @Test("C-CANCEL ends the operation, and what comes after goes on")
    func cancel() async throws {
        try await with(ToyFind(course: .untilCancelled)) { association in
            let last = try await association.invoke(
                on: 5,
                dataSet: DataSetSource(Self.query),
                pending: { response in
                    guard let messageID = response.command.messageIDBeingRespondedTo else { return }
                    // Three times: the second and third are for an operation that is ending, or has ended.
                    try await association.sender.send(Message(.cCancelRQ(messageIDBeingRespondedTo: messageID)), on: 5)
                },
                { .of(0x0020, messageID: $0, hasDataSet: true) }
            )
            #expect(last.command.status == .cancelled)
            #expect(try await association.echo(on: 1) == .success)
        }
    }

    @Test("an operation makes a request of its own on the association, and gets the answer")
    func eventReport() async throws {
        try await with(ToyFind(course: .report)) { association in
            let last = try await association.invoke(on: 5, dataSet: DataSetSource(Self.query)) {
                .of(0x0020, messageID: $0, hasDataSet: true)
            }
            #expect(last.command.status == Status(rawValue: 0x0107))
        }
    }

    @Test("an operation that ends without a last response is answered 0110H")
    func forgotten() async throws {
        try await with(ToyFind(course: .forget)) { association in
            let last = try await association.invoke(on: 5, dataSet: DataSetSource(Self.query)) {
                .of(0x0020, messageID: $0, hasDataSet: true)
            }
            #expect(last.command.status == .processingFailure)
        }
    }

    @Test("a C-CANCEL that comes with its request cancels it")
    func cancelAtOnce() async throws {
        let node = try TestNode(services: [ToyFind(course: .untilCancelled, matches: 0)])
        let status = try await node.run { port in
            let association = try RawAssociation(port: port, RawRequest().with { $0.contexts = [Self.context] })
            let find = RawCommand([
                (0x0002, [UInt8](even: ToyFind.studyRoot.text)), (0x0100, RawCommand.us(0x0020)),
                (0x0110, RawCommand.us(1)), (0x0700, RawCommand.us(0)), (0x0800, RawCommand.us(0)),
            ])
            let cancel = RawCommand([
                (0x0100, RawCommand.us(0x0FFF)), (0x0120, RawCommand.us(1)), (0x0800, RawCommand.us(0x0101)),
            ])
            try association.socket.send(
                Fragmentation.usual.encoded(command: find.encoded(), dataSet: [8, 0, 5, 0, 0, 0, 0, 0], context: 5)
                    + Fragmentation.usual.encoded(command: cancel.encoded(), dataSet: nil, context: 5)
            )
            let status = try association.receive().command.status
            try association.release()
            return status
        }
        #expect(status == 0xFE00)
    }

    private static let context = RawRequest.Context(5, ToyFind.studyRoot.text, ["1.2.840.10008.1.2"])

    @Test(
        "a peer that answers our request with a release, or not at all, ends the operation that waits",
        arguments: [false, true]
    )
    func releaseInstead(isHalfClosed: Bool) async throws {
        let node = try TestNode(services: [ToyFind(course: .report, matches: 0)])
        let end = try await node.run { port in
            let association = try RawAssociation(port: port, RawRequest().with { $0.contexts = [Self.context] })
            let find = RawCommand([
                (0x0002, [UInt8](even: ToyFind.studyRoot.text)), (0x0100, RawCommand.us(0x0020)),
                (0x0110, RawCommand.us(1)), (0x0700, RawCommand.us(0)), (0x0800, RawCommand.us(0)),
            ])
            try association.send(find, dataSet: [8, 0, 5, 0, 0, 0, 0, 0], context: 5)
            // The N-EVENT-REPORT-RQ and its data set.
            _ = association.socket.answer()
            if isHalfClosed {
                association.socket.shutdownSending()
            } else {
                try association.socket.send(RawPDU.releaseRQ.encoded())
            }
            // The C-FIND-RSP with the failure, then the release response or the end.
            var last = association.socket.answer()
            while case .data = last { last = association.socket.answer() }
            return last
        }
        #expect(end == (isHalfClosed ? .closed : .released))
    }

    @Test("an association that is lost cancels its operations")
    func lost() async throws {
        struct Lost: Error {}
        let find = ToyFind(course: .untilCancelled, matches: 0)
        let node = try TestNode(services: [find])
        try await node.run { requestor in
            await #expect(throws: Lost.self) {
                try await requestor.withAssociation(Self.request) { association in
                    try await association.sender.send(
                        Command.of(0x0020, messageID: 1, hasDataSet: true).encoded(),
                        dataSet: DataSetSource(Self.query),
                        on: 5
                    )
                    await find.begun.wait()
                    throw Lost()
                }
            }
        }
        // The node has ended: so has the operation.
    }

    @Test("responses of one operation wait for those to earlier requests")
    func order() async throws {
        let find = ToyFind(course: .untilCancelled, matches: 1)
        try await with(find) { association in
            let order = Mutex<[String]>([])
            try await withNursery { (nursery: borrowing Nursery) in
                nursery.startSoon {
                    _ = try await association.invoke(on: 5, dataSet: DataSetSource(Self.query)) {
                        .of(0x0020, messageID: $0, hasDataSet: true)
                    }
                    order.withLock { $0.append("find") }
                }
                await find.begun.wait()
                nursery.startSoon {
                    let status = try await association.echo(on: 1)
                    #expect(status == .success)
                    order.withLock { $0.append("echo") }
                }
                // The C-ECHO-RQ is on its way before this, or after: its response waits all the same.
                try await association.sender.send(Message(.cCancelRQ(messageIDBeingRespondedTo: 1)), on: 5)
            }
            #expect(order.withLock { $0 } == ["find", "echo"])
        }
    }

    @Test("findscu of DCMTK counts the same matches")
    func findscu() async throws {
        let node = try TestNode(services: [ToyFind(course: .end, matches: 7)])
        let finished = try await node.run { port in
            let arguments = ["-v", "-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "PatientID", "localhost", "\(port)"]
            return try run("findscu", arguments)
        }
        let output = finished.output + finished.errors
        #expect(output.split(separator: "\n").filter { $0.contains("(Pending)") }.count == 7, "\(output)")
    }
}
