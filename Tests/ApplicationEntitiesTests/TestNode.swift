import Archive
import Associations
import Instances
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
    /// What the next association sees.
    let settings: Settings
    private let passcodes: PasscodeChecks
    private let clock: any Clock<Duration>
    private let sync: SyncPolicy
    private let services: [any ServiceClass]
    private let logger: Logger

    init(
        settings: Settings.Snapshot = Settings.Snapshot(),
        passcodes: PasscodeChecks = PasscodeChecks(),
        clock: any Clock<Duration> = ContinuousClock(),
        sync: SyncPolicy = .always,
        services: [any ServiceClass] = [],
        logger: Logger = Logger(label: "node") { _ in SwiftLogNoOpLogHandler() }
    ) throws {
        directory = try TemporaryDirectory()
        self.settings = Settings(settings)
        self.passcodes = passcodes
        self.clock = clock
        self.sync = sync
        self.services = services
        self.logger = logger
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
    ///   - store: Where instances go; nil: an archive of the node's own.
    ///   - services: What the requestor serves.
    ///   - tls: How the requestor speaks TLS; nil: it does not.
    func run(
        store: (any InstanceStore)? = nil,
        services: Services = Services([]),
        tls: RequestorTLS? = nil,
        _ body: @escaping @Sendable (AssociationRequestor) async throws -> Void
    ) async throws {
        if let store { return try await run(entity(store), services, tls, body) }
        try await withLocalArchive(ArchiveConfiguration(path: directory.archive, sync: sync)) { archive in
            try await run(entity(archive), services, tls, body)
        }
    }

    /// Runs an entity of its own, and `body` beside it.
    func run(
        _ entity: ApplicationEntity,
        _ services: Services,
        _ tls: RequestorTLS? = nil,
        _ body: @escaping @Sendable (AssociationRequestor) async throws -> Void
    ) async throws {
        try await withNursery { (nursery: borrowing Nursery) in
            let addresses = try await nursery.start(deadline: .now + .seconds(60), clock: ContinuousClock()) {
                (ready: Ready<[SocketAddress]>) in
                try await entity.run(
                    stop: { await self.stop.wait() },
                    abort: { await self.abort.wait() },
                    ready: { ready($0) }
                )
            }
            try await body(self.requestor(addresses[0], services, tls))
            self.stop.open()
        }
    }

    /// Runs the node, and beside it a peer that blocks, on a thread of its own; what the peer found.
    func run<Value: Sendable>(
        store: (any InstanceStore)? = nil,
        peer: @escaping @Sendable (UInt16) throws -> Value
    ) async throws -> Value {
        let found = Mutex<Value?>(nil)
        try await run(store: store) { requestor in
            let port = UInt16(requestor.port)
            let value = try await onThread { try peer(port) }
            found.withLock { $0 = value }
        }
        guard let value = found.withLock({ $0 }) else { throw ProcessError("the peer found nothing") }
        return value
    }

    /// What is in the archive and is no instance.
    func leftovers() throws -> [String] {
        try filesBelow(directory.path + "/archive").filter { !$0.hasSuffix(".dcm") && !$0.hasSuffix("marker") }
    }

    private func requestor(
        _ address: SocketAddress,
        _ services: Services,
        _ tls: RequestorTLS?
    ) -> AssociationRequestor {
        AssociationRequestor(
            host: "127.0.0.1",
            port: address.port ?? 0,
            services: services,
            tls: tls,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "requestor") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Its entity alone.
    func entity(
        _ store: any InstanceStore,
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) -> ApplicationEntity {
        let others = services
        return ApplicationEntity(
            listen: [.init(host: "127.0.0.1", port: 0, isSecure: settings.current.tls != nil)],
            implementationClassUID: "1.2.3",
            implementationVersionName: "TEST",
            services: { settings in
                let storage = StorageSCP(
                    store: store,
                    acceptance: settings.access.storage,
                    limits: settings.limits.storageSCP,
                    implementationClassUID: "1.2.3",
                    implementationVersionName: "TEST"
                )
                return Services([Verification(), storage] + others)
            },
            settings: settings,
            passcodes: passcodes,
            eventLoopGroup: group,
            clock: self.clock,
            logger: logger
        )
    }
}

/// Runs work that blocks on a thread of its own, and returns what it returns.
func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    let thread = NIOThreadPool(numberOfThreads: 1)
    thread.start()
    let result: Result<Value, any Error>
    do { result = .success(try await thread.runIfActive(work)) } catch { result = .failure(error) }
    try await thread.shutdownGracefully()
    return try result.get()
}
