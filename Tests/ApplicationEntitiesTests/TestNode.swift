import Archive
import Associations
import Logging
import NIOCore
import NIOPosix
import Nursery
import ServiceClasses
import Synchronization
import TestSupport
import UpperLayer

@testable import ApplicationEntities

/// A node in this process with an archive of its own, that runs as long as a test needs it.
struct TestNode: Sendable {
    let directory: TemporaryDirectory
    let stop = Signal()
    /// After `stop`: what is left is aborted at once.
    let abort = Signal()
    private let timeouts: Timeouts
    private let clock: any Clock<Duration>
    private let sync: SyncPolicy
    private let services: [any ServiceClass]

    init(
        timeouts: Timeouts = Timeouts(),
        clock: any Clock<Duration> = ContinuousClock(),
        sync: SyncPolicy = .always,
        services: [any ServiceClass] = []
    ) throws {
        self.directory = try TemporaryDirectory()
        self.timeouts = timeouts
        self.clock = clock
        self.sync = sync
        self.services = services
    }

    /// Verification on context 1, CT in Explicit VR Little Endian on context 3.
    static let request = AssociateRQ(
        calledAETitle: AETitle(asSent: Array("NODE".utf8)),
        callingAETitle: AETitle(asSent: Array("TEST".utf8)),
        presentationContexts: [
            ProposedPresentationContext(
                id: 1,
                abstractSyntax: "1.2.840.10008.1.1",
                transferSyntaxes: ["1.2.840.10008.1.2"]
            ),
            ProposedPresentationContext(
                id: 3,
                abstractSyntax: UID(RawUID.ctImage),
                transferSyntaxes: ["1.2.840.10008.1.2.1"]
            ),
        ],
        userInformation: UserInformation(maximumLengthReceived: 16_384)
    )

    /// Runs the node and `body` beside it; returns when the node has stopped.
    ///
    /// - Parameters:
    ///   - storage: Puts something between the Storage SCP and its threads.
    ///   - services: What the requestor serves.
    func run(
        storage: @Sendable (IOThreads) -> any BlockingExecutor = { $0 },
        services: Services = Services([]),
        _ body: @escaping @Sendable (AssociationRequestor) async throws -> Void
    ) async throws {
        try await withIOThreads(count: 4) { threads in
            try await self.run(try self.entity(storage(threads)), services, body)
        }
    }

    private func run(
        _ entity: ApplicationEntity,
        _ services: Services,
        _ body: @escaping @Sendable (AssociationRequestor) async throws -> Void
    ) async throws {
        try await withNursery { (nursery: borrowing Nursery) in
            let address = try await nursery.start(deadline: .now + .seconds(60), clock: ContinuousClock()) {
                (ready: Ready<SocketAddress>) in
                try await entity.run(
                    stop: { await self.stop.wait() },
                    abort: { await self.abort.wait() },
                    ready: { ready($0) }
                )
            }
            try await body(self.requestor(address, services))
            self.stop.open()
        }
    }

    /// Runs the node, and beside it a peer that blocks, on a thread of its own; what the peer found.
    func run<Value: Sendable>(
        storage: @Sendable (IOThreads) -> any BlockingExecutor = { $0 },
        peer: @escaping @Sendable (UInt16) throws -> Value
    ) async throws -> Value {
        let found = Mutex<Value?>(nil)
        try await self.run(storage: storage) { requestor in
            let port = UInt16(requestor.port)
            let value = try await withIOThreads(count: 1) { threads in
                await threads.run { Result { try peer(port) } }
            }.get()
            found.withLock { $0 = value }
        }
        guard let value = found.withLock({ $0 }) else { throw ProcessError("the peer found nothing") }
        return value
    }

    /// What is in the archive and is no instance.
    func leftovers() throws -> [String] {
        try filesBelow(self.directory.path + "/archive").filter { !$0.hasSuffix(".dcm") && !$0.hasSuffix("marker") }
    }

    private func requestor(_ address: SocketAddress, _ services: Services) -> AssociationRequestor {
        AssociationRequestor(
            host: "127.0.0.1",
            port: address.port ?? 0,
            services: services,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "requestor") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Its entity alone, with an archive of its own.
    func entity(
        _ executor: any BlockingExecutor,
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) throws -> ApplicationEntity {
        let storage = StorageSCP(
            archive: try InstanceArchive(ArchiveConfiguration(path: self.directory.archive, sync: self.sync)),
            executor: executor,
            limits: Limits().storageSCP,
            implementationClassUID: "1.2.3",
            implementationVersionName: "TEST"
        )
        let services = Services([Verification(), storage] + self.services)
        return ApplicationEntity(
            listen: .init(host: "127.0.0.1", port: 0),
            policy: NegotiationPolicy(
                maximumLengthReceived: 262_144,
                implementationClassUID: "1.2.3",
                implementationVersionName: "TEST",
                operations: 16,
                terms: { services.terms(for: $0) }
            ),
            services: services,
            limits: Limits(),
            timeouts: self.timeouts,
            eventLoopGroup: group,
            clock: self.clock,
            logger: Logger(label: "node") { _ in SwiftLogNoOpLogHandler() }
        )
    }
}

/// Opens once; tasks that wait, already or later, go on.
final class Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (self.stream, self.continuation) = AsyncStream.makeStream()
    }

    func open() {
        self.continuation.finish()
    }

    /// Returns when it is open, or the task is cancelled.
    func wait() async {
        for await _ in self.stream {}
    }
}
