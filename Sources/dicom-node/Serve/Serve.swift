import ApplicationEntities
import Archive
import ArgumentParser
import Associations
import Logging
import NIOCore
import NIOPosix
import ServiceClasses
import ServiceLifecycle
import UnixSignals

/// `dicom-node serve`: the node. Wiring only.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Receive: answer C-ECHO, archive what C-STORE brings."
    )

    @OptionGroup var options: ServeOptions

    func run() async throws {
        let (level, format) = (self.options.logLevel, self.options.logFormat)
        let logger = Logger(label: "dicom-node") { _ in StandardErrorLogHandler(level: level, format: format) }
        ProcessLimits.raiseDescriptors(logger)
        ProcessLimits.keepFreedMemory()
        self.warnIfOpen(logger)
        do {
            try await withIOThreads { threads in
                let archive = try await self.openArchive(threads)
                let entity = self.entity(archive: archive, threads: threads, logger: logger)
                let services = ServiceGroup(
                    configuration: .init(
                        services: [
                            .init(
                                service: NodeService(entity: entity, ready: self.announce),
                                successTerminationBehavior: .gracefullyShutdownGroup
                            )
                        ],
                        gracefulShutdownSignals: [.sigterm, .sigint],
                        logger: logger
                    )
                )
                try await services.run()
            }
        } catch {
            logger.critical("cannot serve", metadata: ["error": "\(error)"])
            throw ExitCode.failure
        }
    }

    private func openArchive(_ threads: IOThreads) async throws -> InstanceArchive {
        let configuration = try self.options.archive.configuration()
        return try await threads.run {
            Result { () throws(ArchiveError) in
                try InstanceArchive(configuration, fileSystem: POSIXFileSystem())
            }
        }.get()
    }

    private func entity(archive: InstanceArchive, threads: IOThreads, logger: Logger) -> ApplicationEntity {
        var limits = self.options.limits.limits
        limits.acceptsUnwalkable = self.options.accept.unwalkable
        let acceptsUnknown = self.options.accept.unknownSOPClasses
        return ApplicationEntity(
            listen: .init(host: self.options.host, port: self.options.port),
            policy: NegotiationPolicy(
                maximumLengthReceived: UInt32(limits.pduLength),
                implementationClassUID: Implementation.classUID,
                implementationVersionName: Implementation.versionName,
                operations: UInt16(limits.operations),
                supports: { SOPClasses.service(of: $0, unknownSOPClasses: acceptsUnknown, storageCommitment: false) },
                calledAETitles: Set(self.options.accept.calledAETitles),
                callingAETitles: Set(self.options.accept.callingAETitles)
            ),
            storage: StorageSCP(
                archive: archive,
                executor: threads,
                limits: limits.storageSCP,
                implementationClassUID: Implementation.classUID.text,
                implementationVersionName: Implementation.versionName
            ),
            limits: limits,
            timeouts: self.options.timeouts.timeouts,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
    }

    /// The ready line, which scripts wait for.
    private func announce(_ address: SocketAddress) {
        let host = address.ipAddress ?? self.options.host
        let shown = host.contains(":") ? "[\(host)]" : host
        StandardStream.output.writeLine(
            "listening on \(shown):\(address.port ?? self.options.port) as \(self.options.aeTitle), "
                + "archiving to \(self.options.archive.path)"
        )
    }

    private func warnIfOpen(_ logger: Logger) {
        let accept = self.options.accept
        if ["0.0.0.0", "::"].contains(self.options.host), accept.calledAETitles.isEmpty, accept.callingAETitles.isEmpty
        {
            logger.warning("listening on every interface, and anyone may store: see --accept-calling-ae-titles")
        }
    }
}

/// The application entity as a service: SIGTERM and SIGINT become its `stop`.
private struct NodeService: Service, CustomStringConvertible {
    var description: String { "application entity" }
    let entity: ApplicationEntity
    let ready: @Sendable (SocketAddress) -> Void

    func run() async throws {
        try await self.entity.run(
            stop: { try? await gracefulShutdown() },
            ready: { self.ready($0) }
        )
    }
}
