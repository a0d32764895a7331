import Archive
import DIMSE
import Instances
import Logging
import Nursery
import Synchronization
import TestSupport
import Testing

@testable import ServiceClasses

/// Results that are reported on associations of the node's own: a peer that is down, one that comes back, one that
/// never does, and a node that is started anew meanwhile.
@Suite struct CommitmentReportingTests {
    private static let route = CommitmentRoute(peer: "CT1", own: "NODE")

    /// SCUs that are up or down as a test says.
    private final class Peers: CommitmentPeers {
        struct Down: Error {}
        private struct State {
            var isUp: Set<String> = []
            var results: [CommitmentResult] = []
            var attempts: [String] = []
            /// The next answer; nil: none, the association is lost.
            var status: Status? = .success
        }
        private let state = Mutex(State())

        init(up: Set<String> = []) { state.withLock { $0.isUp = up } }

        var results: [CommitmentResult] { state.withLock { $0.results } }
        var attempts: [String] { state.withLock { $0.attempts } }
        func setUp(_ titles: Set<String>) { state.withLock { $0.isUp = titles } }
        func answer(_ status: Status?) { state.withLock { $0.status = status } }

        func withAssociation(
            _ route: CommitmentRoute,
            _ body: nonisolated(nonsending) @escaping @Sendable (Send) async throws -> Void
        ) async throws {
            let isUp = state.withLock { state in
                state.attempts.append(route.peer)
                return state.isUp.contains(route.peer)
            }
            guard isUp else { throw Down() }
            try await body { result in
                try self.state.withLock { state in
                    guard let status = state.status else { throw Down() }
                    state.results.append(result)
                    return status
                }
            }
        }
    }

    private final class Committed: Sendable {
        let uids = Mutex<[String]>([])
    }

    /// A node's part in it, with what survives it.
    private final class Node: Sendable {
        let clock = ManualClock()
        /// What an SCU was told to be kept.
        let committed = Committed()
        let seconds = Mutex(1_000_000)
        let records: MemoryRecords
        let peers: Peers
        let log = RecordedLog()
        let transactions: CommitmentTransactions
        let reporting: CommitmentReporting

        init(
            _ fixture: CommitmentFixture,
            _ peers: Peers,
            _ records: MemoryRecords = MemoryRecords(),
            giveUpAfter: Duration = .seconds(86_400),
            lookup: (any InstanceLookup)? = nil,
            seconds start: Int = 1_000_000
        ) {
            self.records = records
            self.peers = peers
            seconds.withLock { $0 = start }
            let now: @Sendable () -> Int = { [clock] in start + Int(clock.now.offset.components.seconds) }
            transactions = CommitmentTransactions(
                records: records,
                now: now,
                committed: { [committed] uids, _ in committed.uids.withLock { $0 += uids } }
            )
            reporting = CommitmentReporting(
                transactions,
                check: fixture.check(lookup: lookup),
                peers: peers,
                time: CommitmentTime(clock: clock, now: now, giveUpAfter: { giveUpAfter }, jitter: { _ in 1 }),
                logger: log.logger
            )
        }

        /// What an N-ACTION-RQ on an association that is closed at once leads to.
        func ask(_ transactionUID: String, _ instances: [String], by peer: String = "CT1") async throws {
            let request = CommitmentRequest(
                transactionUID: transactionUID,
                references: instances.map { .init(sopClassUID: RawUID.ctImage, sopInstanceUID: $0) }
            )
            let opening = await transactions.open(request, CommitmentRoute(peer: peer, own: "NODE"))
            guard case .recorded(let transaction, true) = opening else {
                Issue.record("\(opening)")
                return
            }
            transactions.checks.add(transaction)
        }

        /// Runs it, and `body` beside it.
        func run(_ body: @escaping @Sendable (Node) async throws -> Void) async throws {
            try await withNursery { (nursery: borrowing Nursery) in
                nursery.startSoon { await self.reporting.run() }
                try await body(self)
                nursery.cancel()
            }
        }

        /// Waits until as many transactions are left.
        func transactions(left count: Int) async {
            while transactions.count != count { await Task.yield() }
        }

        /// Waits until the peers were called as often.
        func attempts(_ count: Int) async {
            while peers.attempts.count < count { await Task.yield() }
        }
    }

    @Test("each instance is reported as it is found, and nothing is left of the transaction")
    func report() async throws {
        let fixture = try CommitmentFixture()
        try await fixture.store("1.2.3")
        let node = Node(fixture, Peers(up: ["CT1"]))
        try await node.run { node in
            try await node.ask("2.25.1", ["1.2.3", "1.2.4"])
            try await node.ask("2.25.2", ["1.2.3"])
            await node.transactions(left: 0)
        }
        let results = node.peers.results.sorted { $0.transactionUID < $1.transactionUID }
        #expect(results.map(\.transactionUID) == ["2.25.1", "2.25.2"])
        #expect(results.map(\.eventTypeID) == [2, 1])
        #expect(results[0].failures == [nil, .noSuchObjectInstance])
        #expect(node.records.all.isEmpty)
        #expect(node.committed.uids.withLock { $0 } == ["1.2.3", "1.2.3"])
    }

    @Test("a peer that is down is called again, ever more seldom, and hears everything when it is up")
    func down() async throws {
        let fixture = try CommitmentFixture()
        try await fixture.store("1.2.3")
        let node = Node(fixture, Peers(up: ["MR1"]))
        try await node.run { node in
            try await node.ask("2.25.1", ["1.2.3"])
            await node.attempts(1)
            var pause = Duration.seconds(10)
            for attempt in 2...9 {
                await node.clock.sleepers(atLeast: 1)
                node.clock.advance(by: pause - .nanoseconds(1))
                #expect(node.peers.attempts.count == attempt - 1)
                node.clock.advance(by: .nanoseconds(1))
                await node.attempts(attempt)
                pause = min(pause * 2, .seconds(600))
            }
            // Another peer's result does not wait for this one's.
            try await node.ask("2.25.2", ["1.2.3"], by: "MR1")
            await node.transactions(left: 1)
            try await node.ask("2.25.3", ["1.2.9"])
            node.peers.setUp(["CT1"])
            await node.clock.sleepers(atLeast: 1)
            node.clock.advance(by: pause)
            await node.transactions(left: 0)
        }
        #expect(Set(node.peers.results.map(\.transactionUID)) == ["2.25.1", "2.25.2", "2.25.3"])
        #expect(node.records.all.isEmpty)
    }

    @Test("an association that is lost before the answer is made again, and the result is sent again")
    func lost() async throws {
        let fixture = try CommitmentFixture()
        let node = Node(fixture, Peers(up: ["CT1"]))
        node.peers.answer(nil)
        try await node.run { node in
            try await node.ask("2.25.1", ["1.2.3"])
            await node.attempts(1)
            await node.clock.sleepers(atLeast: 1)
            #expect(node.records.all.count == 1)
            node.peers.answer(.success)
            node.clock.advance(by: .seconds(10))
            await node.transactions(left: 0)
        }
        #expect(node.peers.results.count == 1)
    }

    @Test("an answer is an answer: a peer that refuses the result is not told again")
    func refused() async throws {
        let fixture = try CommitmentFixture()
        let node = Node(fixture, Peers(up: ["CT1"]))
        node.peers.answer(.processingFailure)
        try await node.run { node in
            try await node.ask("2.25.1", ["1.2.3"])
            await node.transactions(left: 0)
        }
        #expect(node.peers.results.count == 1)
        #expect(node.log.messagesWithMetadata.contains { $0.contains("refused by the peer") })
        #expect(node.committed.uids.withLock { $0.isEmpty })
    }

    @Test("a peer that stays away is given up, and the log says so")
    func givenUp() async throws {
        let fixture = try CommitmentFixture()
        let node = Node(fixture, Peers(), giveUpAfter: .seconds(25))
        try await node.run { node in
            try await node.ask("2.25.1", ["1.2.3"])
            await node.attempts(1)
            for seconds in [10, 15] {
                await node.clock.sleepers(atLeast: 1)
                node.clock.advance(by: .seconds(seconds))
            }
            await node.transactions(left: 0)
        }
        #expect(node.records.all.isEmpty)
        #expect(node.log.messagesWithMetadata.contains { $0.contains("given up") && $0.contains("2.25.1") })
    }

    @Test("what was asked and not reported when the node ended is reported by the next one", arguments: [false, true])
    func restart(isChecked: Bool) async throws {
        let fixture = try CommitmentFixture()
        try await fixture.store("1.2.3")
        let records = MemoryRecords()
        let before = Node(fixture, Peers(), records)
        if isChecked {
            try await before.run { node in
                try await node.ask("2.25.1", ["1.2.3", "1.2.4"])
                await node.attempts(1)
            }
        } else {
            try await before.ask("2.25.1", ["1.2.3", "1.2.4"])
        }
        #expect(records.all.count == 1)
        let after = Node(fixture, Peers(up: ["CT1"]), records, seconds: 1_003_600)
        try await after.run { node in
            while node.peers.results.isEmpty { await Task.yield() }
            await node.transactions(left: 0)
        }
        #expect(after.peers.results.map(\.failures) == [[nil, .noSuchObjectInstance]])
        #expect(records.all.isEmpty)
    }

    @Test("the age of a transaction counts across restarts")
    func age() async throws {
        let fixture = try CommitmentFixture()
        let records = MemoryRecords()
        try await Node(fixture, Peers(), records).ask("2.25.1", ["1.2.3"])
        let after = Node(fixture, Peers(up: ["CT1"]), records, seconds: 1_000_000 + 86_400)
        try await after.run { node in
            while !records.all.isEmpty { await Task.yield() }
        }
        #expect(after.peers.results.isEmpty)
    }

    @Test("a record that cannot be read is left, named in the log, and keeps no other from being reported")
    func unreadable() async throws {
        let fixture = try CommitmentFixture()
        let records = MemoryRecords()
        try await records.put(Array("no record".utf8), as: "DAMAGED")
        try await Node(fixture, Peers(), records).ask("2.25.1", ["1.2.3"])
        let after = Node(fixture, Peers(up: ["CT1"]), records)
        try await after.run { node in
            while records.all.count > 1 { await Task.yield() }
        }
        #expect(after.peers.results.count == 1)
        #expect(Array(records.all.keys) == ["DAMAGED"])
        #expect(after.log.messagesWithMetadata.contains { $0.contains("DAMAGED") })
    }

    /// Fails as often as a test says.
    private final class Lookup: InstanceLookup {
        private let failures: Mutex<Int>
        init(failures: Int) { self.failures = Mutex(failures) }
        func copies(of sopInstanceUIDs: Set<String>) async throws(StoreError) -> [String: [String]] {
            let fails = failures.withLock { failures in
                failures -= 1
                return failures >= 0
            }
            if fails { throw StoreError.test }
            return [:]
        }
    }

    @Test("what cannot be looked up is looked up again; after six times it has failed", arguments: [1, 5, 6])
    func lookupFails(times: Int) async throws {
        let fixture = try CommitmentFixture()
        let node = Node(fixture, Peers(up: ["CT1"]), lookup: Lookup(failures: times))
        try await node.run { node in
            try await node.ask("2.25.1", ["1.2.3"])
            for _ in 0..<min(times, 5) {
                await node.clock.sleepers(atLeast: 1)
                #expect(node.peers.results.isEmpty)
                node.clock.advance(by: .seconds(10))
            }
            await node.transactions(left: 0)
        }
        #expect(node.peers.results.map(\.failures) == [[times < 6 ? .noSuchObjectInstance : .processingFailure]])
    }

    @Test("one Transaction UID of one SCU is one transaction; of another SCU it is another one")
    func duplicates() async throws {
        let fixture = try CommitmentFixture()
        let node = Node(fixture, Peers())
        let request = CommitmentRequest(
            transactionUID: "2.25.1",
            references: [.init(sopClassUID: RawUID.ctImage, sopInstanceUID: "1.2.3")]
        )
        var other = request
        other.references[0].sopInstanceUID = "1.2.4"
        guard case .recorded(let first, true) = await node.transactions.open(request, Self.route),
            case .recorded(let second, false) = await node.transactions.open(request, Self.route)
        else {
            Issue.record("the second request is not the first")
            return
        }
        #expect(first === second)
        guard case .inUse = await node.transactions.open(other, Self.route),
            case .recorded(_, true) = await node.transactions.open(other, CommitmentRoute(peer: "MR1", own: "NODE"))
        else {
            Issue.record("other content is taken, or another SCU's request is not")
            return
        }
        #expect(node.records.all.count == 2)
        try await node.transactions.end(first)
        guard case .recorded(_, true) = await node.transactions.open(other, Self.route) else {
            Issue.record("the Transaction UID of what has ended is still in use")
            return
        }
    }

    @Test("a request that cannot be recorded is none")
    func notRecorded() async throws {
        let transactions = CommitmentTransactions(
            records: MemoryRecords { $0 == "put" ? .test : nil },
            now: { 0 }
        )
        let request = CommitmentRequest(
            transactionUID: "2.25.1",
            references: [.init(sopClassUID: RawUID.ctImage, sopInstanceUID: "1.2.3")]
        )
        guard case .failed(.test) = await transactions.open(request, Self.route) else {
            Issue.record("recorded")
            return
        }
        #expect(transactions.count == 0)
    }

    @Test("one SCU cannot take the places of all")
    func places() async throws {
        let transactions = CommitmentTransactions(records: MemoryRecords(), now: { 0 })
        func open(_ number: Int, _ peer: String) async -> Bool {
            let request = CommitmentRequest(
                transactionUID: "2.25.\(number)",
                references: [.init(sopClassUID: "1.2", sopInstanceUID: "1.2.3")]
            )
            if case .recorded = await transactions.open(request, CommitmentRoute(peer: peer, own: "")) { return true }
            return false
        }
        for number in 0..<CommitmentLimits.transactionsPerAETitle { #expect(await open(number, "CT1")) }
        #expect(await !open(-1, "CT1"))
        #expect(await open(-1, "MR1"))
    }
}
