import ApplicationEntities
import Archive
import ArgumentParser
import Associations
import Glibc
import Instances
import Logging
import NIOCore
import NIOPosix
import Nursery
import ServiceClasses
import SystemPackage
import UnixSignals

/// `dicom-node serve`: the node. Wiring only.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Receive: answer C-ECHO, archive what C-STORE brings.",
        discussion: """
            A duration is \(DurationValue.format).
            A size is \(SizeValue.format).
            A layout names {Keyword}, {Keyword:hash}, a date's parts as {StudyDate:yyyy/MM/dd} and the day of receipt as \
            {received:yyyy/MM/dd}; its last name holds {SOPInstanceUID}. The keywords: \
            \(Layout.keywords.sorted().joined(separator: ", ")).
            Exit codes: 0 stopped as told, 1 failed, 64 wrong usage, 78 a setting that cannot work on this machine.

            dicom-node serve --ae-title ARCHIVE --host 127.0.0.1 --archive /srv/dicom/archive
            dicom-node serve --accept-calling-ae-titles CT1,CT2 --timeouts-idle 5m
            """
    )

    @OptionGroup var options: ServeOptions

    func run() async throws {
        let format = options.logFormat
        let notice: @Sendable (Int) -> String = { count in
            StandardErrorLogHandler.line(
                .warning,
                "log lines dropped: standard error was not read",
                [("lines", "\(count)")],
                format
            )
        }
        try await withLineQueue(to: StandardStream.error.rawValue, dropNotice: notice) { log in
            try await withLineQueue(to: StandardStream.output.rawValue, endingWith: log) { output in
                try await serve(log: log, output: output)
            }
        }
    }

    private func serve(log: LineQueue, output: LineQueue) async throws {
        let (level, format) = (options.logLevel, options.logFormat)
        let logger = Logger(label: "dicom-node") { _ in
            StandardErrorLogHandler(level: level, format: format, write: log.write)
        }
        ProcessLimits.warnWithoutProc(logger)
        let descriptors = ProcessLimits.raiseDescriptors(logger)
        ProcessLimits.keepFreedMemory()
        let host = Self.interface(options.host)
        warnIfOpen(host, logger)
        let report: ArchiveRemark.Report = { remark in
            logger.log(level: remark.level == .warning ? .warning : .info, "\(remark)")
        }
        do {
            try await requireOwn(host)
            try await withLocalArchive(try options.archive.configuration(), report: report) { archive in
                let entity = entity(host: host, store: archive, descriptors: descriptors, logger: logger)
                try await run(entity, output: output, logger: logger)
            }
        } catch {
            let failure = StartFailure(error, host: host, port: options.port)
            logger.critical("cannot serve", metadata: ["error": "\(failure)"])
            throw failure.exitCode
        }
    }

    /// Before the archive is made, because a host that cannot be listened on must leave nothing behind. A datagram
    /// socket is bound, because it tells the same of an address and no peer can connect to it.
    private func requireOwn(_ host: String) async throws {
        try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: host, port: 0).get()
            .close()
    }

    /// Runs the application entity beside the watch of the signals, which ends with it.
    private func run(_ entity: ApplicationEntity, output: LineQueue, logger: Logger) async throws {
        // Before the ready line, because from there on SIGTERM is to stop the node in order.
        let signals = await UnixSignalsSequence(trapping: StopSignals.all)
        let asked = StopSignals()
        try await withNursery { (nursery: borrowing Nursery) in
            nursery.startSoon { await asked.watch(signals, logger: logger) }
            try await entity.run(
                stop: { await asked.stop.wait() },
                abort: { await asked.abort.wait() },
                ready: { output.write(readyLine($0[0])) }
            )
            nursery.cancel()
        }
    }

    private func entity(
        host: String,
        store: any InstanceStore,
        descriptors: Int,
        logger: Logger
    ) -> ApplicationEntity {
        var limits = options.limits.limits
        limits.descriptors = descriptors
        limits.acceptsUnwalkable = options.accept.unwalkable
        let access = AccessRules(
            calledAETitles: options.accept.calledAETitles,
            callingAETitles: options.accept.callingAETitles,
            storage: StorageSCP.Acceptance(unknownSOPClasses: options.accept.unknownSOPClasses)
        )
        return ApplicationEntity(
            listen: [.init(host: host, port: options.port)],
            implementationClassUID: Implementation.classUID,
            implementationVersionName: Implementation.versionName,
            services: { Self.services(store, $0) },
            settings: Settings(
                Settings.Snapshot(access: access, limits: limits, timeouts: options.timeouts.timeouts)
            ),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
    }

    /// Every service class that the node offers to an association that sees these settings.
    private static func services(_ store: any InstanceStore, _ settings: Settings.Snapshot) -> Services {
        let storage = StorageSCP(
            store: store,
            acceptance: settings.access.storage,
            limits: settings.limits.storageSCP,
            implementationClassUID: Implementation.classUID.text,
            implementationVersionName: Implementation.versionName
        )
        return Services([Verification(), storage])
    }

    /// The ready line, which scripts wait for.
    private func readyLine(_ address: SocketAddress) -> String {
        let host = address.ipAddress ?? options.host
        let shown = host.contains(":") ? "[\(host)]" : host
        return "listening on \(shown):\(address.port ?? options.port) as \(options.aeTitle), "
            + "archiving to \(options.archive.path.absolute.string)"
    }

    private func warnIfOpen(_ host: String, _ logger: Logger) {
        let accept = options.accept
        if ["0.0.0.0", "::"].contains(host), accept.calledAETitles.isEmpty, accept.callingAETitles.isEmpty {
            logger.warning("listening on every interface, and anyone may store: see --accept-calling-ae-titles")
        }
    }

    /// `*` is every interface: `::`, which takes IPv4 too, or `0.0.0.0` where the kernel has no IPv6.
    private static func interface(_ host: String) -> String {
        guard host == "*" else { return host }
        let probe = socket(AF_INET6, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { return "0.0.0.0" }
        close(probe)
        return "::"
    }
}
