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

/// What an SCU hears (PS3.7 §10.1.1), as SCU on its own association or as acceptor of the node's.
final class CommitmentReports: ServiceClass {
    struct Report: Sendable {
        var command: NEventReportRQ
        var dataSet: [UInt8]
        var transferSyntax: UID
    }

    let permission = Permission.commit
    private let received = Mutex<[Report]>([])
    let first = Signal()
    /// The next answer; nil: none for ever.
    let status: Status?

    init(status: Status? = .success) { self.status = status }

    var all: [Report] { received.withLock { $0 } }

    func terms(for abstractSyntax: UID) -> ContextTerms? {
        // Only what proposes to be SCP gets a context: the roles are negotiated.
        guard abstractSyntax == SOPClasses.storageCommitment else { return nil }
        return ContextTerms(requestorMayBeSCU: false, requestorMayBeSCP: true)
    }

    func begin(_ request: Request) -> Decision? {
        guard case .nEventReportRQ(let report) = request.command else { return nil }
        return .perform(Hearing(report, request.context.transferSyntax, self))
    }

    private final class Hearing: Operation {
        let isCancellable = true
        private let command: NEventReportRQ
        private let transferSyntax: UID
        private let reports: CommitmentReports
        private let bytes = Mutex(ByteBuffer())

        init(_ command: NEventReportRQ, _ transferSyntax: UID, _ reports: CommitmentReports) {
            self.command = command
            self.transferSyntax = transferSyntax
            self.reports = reports
        }

        func receive(_ bytes: ByteBuffer) -> Bool {
            self.bytes.withLock { _ = $0.writeImmutableBuffer(bytes) }
            return false
        }

        func settle() async {}
        func discard() async {}

        func perform(_ responder: any Responder) async {
            let dataSet = bytes.withLock { Array($0.readableBytesView) }
            reports.received.withLock {
                $0.append(Report(command: command, dataSet: dataSet, transferSyntax: transferSyntax))
            }
            reports.first.open()
            guard let status = reports.status else { return await Signal().wait() }
            await responder.final(Message(.nEventReportRSP(NEventReportRSP(to: command, status: status))))
        }
    }
}

/// The locations of a ``MemoryStore`` are the SOP Instance UIDs.
private struct Lookup: InstanceLookup {
    let store: MemoryStore
    func copies(of sopInstanceUIDs: Set<String>) async throws(StoreError) -> [String: [String]] {
        let instances = store.instances
        return Dictionary(uniqueKeysWithValues: sopInstanceUIDs.filter { instances[$0] != nil }.map { ($0, [$0]) })
    }
}

/// A node that takes requests, and the SCU's own acceptor.
struct CommitmentBench: Sendable {
    let store = MemoryStore()
    let records = MemoryRecords()
    let clock = ManualClock()
    let log = RecordedLog()
    let transactions: CommitmentTransactions

    init() { transactions = CommitmentTransactions(records: records, now: { 1_000_000 }) }

    /// Lets the SCU's time for a release pass.
    func passGrace() async {
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(1))
    }

    /// Waits off the event loop, which would serve no socket while a task of its own yields.
    func until(_ isDone: @escaping @Sendable () -> Bool) async {
        await withTaskExecutorPreference(globalConcurrentExecutor) {
            while !isDone() { await Task.yield() }
        }
    }

    /// Runs the node, its reporting and an acceptor of the SCU, and `body` beside them.
    ///
    /// - Parameter own: What the SCU hears on associations of its own.
    func run(
        own: CommitmentReports = CommitmentReports(),
        acceptor reports: CommitmentReports = CommitmentReports(),
        _ body: @escaping @Sendable (AssociationRequestor) async throws -> Void
    ) async throws {
        let scu = try TestNode(services: [reports])
        let node = try TestNode(services: [CommitmentSCP(transactions, clock: clock)])
        try await scu.run(scu.entity(MemoryStore()), Services([])) { acceptor in
            node.settings.current.addresses["TEST"] = PeerAddress(host: acceptor.host, port: acceptor.port)
            try await node.run(node.entity(store), Services([own])) { requestor in
                try await withNursery { (nursery: borrowing Nursery) in
                    nursery.startSoon { await self.reporting(node.settings).run() }
                    try await body(requestor)
                    while self.transactions.count > 0 { await Task.yield() }
                    nursery.cancel()
                }
            }
        }
        #expect(records.all.isEmpty)
    }

    private func reporting(_ settings: Settings) -> CommitmentReporting {
        CommitmentReporting(
            transactions,
            check: CommitmentCheck(
                store: store,
                lookup: Lookup(store: store),
                limits: Limits().structureScanner,
                acceptsUnwalkable: false
            ),
            peers: CommitmentRequestor(
                settings: settings,
                implementationClassUID: "1.2.3",
                implementationVersionName: "TEST",
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                logger: log.logger
            ),
            time: CommitmentTime(clock: clock, now: { 1_000_000 }, giveUpAfter: { .zero }),
            logger: log.logger
        )
    }
}
