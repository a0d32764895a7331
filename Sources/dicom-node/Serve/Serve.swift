import ApplicationEntities
import Archive
import ArgumentParser
import Associations
import Glibc
import Index
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
            Every option is a key of the configuration file, too, and a variable of the environment: --listen-port is \
            listen.port and DICOM_NODE_LISTEN_PORT. dicom-node config example prints such a file.
            SIGHUP makes it read its configuration anew; associations go on.
            Exit codes: 0 stopped as told, 1 failed, 64 wrong usage, 78 a setting that is wrong, or cannot work on this \
            machine.

            dicom-node serve --ae-title ARCHIVE --host 127.0.0.1 --archive /srv/dicom/archive
            dicom-node serve --accept-calling-ae-titles CT1,CT2 --timeouts-idle 5m
            """
    )

    @OptionGroup var options: ConfigurationOptions<EveryKey>

    @Flag(name: .customLong("initialize"), help: "Make an archive of a folder, whatever is in it.")
    var initialize = false

    func run() async throws {
        let effective = try options.effective()
        let format = effective.values.logging.format
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
                try await serve(effective, log: log, output: output)
            }
        }
    }

    private func serve(_ effective: EffectiveConfiguration, log: LineQueue, output: LineQueue) async throws {
        let values = effective.values
        let level = LogLevel(values.logging.level)
        let logger = Logger(label: "dicom-node") { _ in
            StandardErrorLogHandler(level: level, format: values.logging.format, write: log.write)
        }
        ProcessLimits.warnWithoutProc(logger)
        let configuration = RunningConfiguration(
            effective,
            from: options.sources,
            logLevel: level,
            descriptors: ProcessLimits.raiseDescriptors(logger)
        )
        ProcessLimits.keepFreedMemory()
        for remark in effective.remarks { logger.warning("\(remark)") }
        let report: ArchiveRemark.Report = { remark in
            logger.log(level: remark.level == .warning ? .warning : .info, "\(remark)")
        }
        do {
            for listen in values.listeners { try await requireOwn(listen) }
            let index = values.indexConfiguration.map { Index($0, logger: logger) }
            let watch = ArrivalWatch(date: { Int64(time(nil)) })
            try await withLocalArchive(
                values.archiveConfiguration(initialize: initialize),
                observer: Self.observer(index, values.archive.retention.isOff ? nil : watch),
                lookup: index,
                report: report
            ) { archive in
                let commitment =
                    values.commitment.isEnabled
                    ? StorageCommitment(
                        archive: archive,
                        index: index,
                        settings: configuration.settings,
                        giveUpAfter: values.commitment.giveUpAfter,
                        logger: logger
                    ) : nil
                let entity = ApplicationEntity(
                    listen: values.listeners,
                    implementationClassUID: Implementation.classUID,
                    implementationVersionName: Implementation.versionName,
                    services: { Self.services(archive, commitment, $0) },
                    settings: configuration.settings,
                    eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                    logger: logger
                )
                let retention = Self.retention(values, archive, index, watch, entity, logger)
                try await run(
                    entity,
                    index,
                    retention,
                    configuration,
                    beside: { await commitment?.reporting.run() },
                    ready: { output.write(values.readyLine($0)) },
                    logger: logger
                )
            }
        } catch {
            let failure = StartFailure(error)
            logger.critical("cannot serve", metadata: ["error": "\(failure)"])
            throw failure.exitCode
        }
    }

    /// Before the archive is made, because a host that cannot be listened on must leave nothing behind. A datagram
    /// socket is bound, because it tells the same of an address and no peer can connect to it.
    private func requireOwn(_ listen: ApplicationEntity.Listen) async throws {
        do {
            try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: listen.host, port: 0)
                .get().close()
        } catch {
            throw CannotListen(listen, cause: error)
        }
    }

    /// Runs the application entity beside the index, retention, the watch of the signals and what else works in the
    /// background, all of which end with it.
    private func run(
        _ entity: ApplicationEntity,
        _ index: Index?,
        _ retention: RetentionKeeper?,
        _ configuration: RunningConfiguration,
        beside background: @escaping @Sendable () async -> Void,
        ready: @escaping @Sendable ([SocketAddress]) -> Void,
        logger: Logger
    ) async throws {
        // Before the ready line, because from there on SIGTERM is to stop the node in order.
        let signals = await UnixSignalsSequence(trapping: StopSignals.all)
        let asked = StopSignals()
        try await withNursery { (nursery: borrowing Nursery) in
            nursery.startSoon {
                await asked.watch(signals, reload: { await configuration.reload(logger) }, logger: logger)
            }
            // Ends when it has written what was archived until the nursery is cancelled.
            nursery.startSoon { await index?.run() }
            nursery.startSoon { await background() }
            nursery.startSoon { await retention?.run() }
            try await entity.run(
                stop: { await asked.stop.wait() },
                abort: { await asked.abort.wait() },
                ready: ready
            )
            nursery.cancel()
        }
    }

    /// Every service class that the node offers to an association that sees these settings.
    private static func services(
        _ store: any InstanceStore,
        _ commitment: StorageCommitment?,
        _ settings: Settings.Snapshot
    ) -> Services {
        let storage = StorageSCP(
            store: store,
            acceptance: settings.access.storage,
            limits: settings.limits.storageSCP,
            implementationClassUID: Implementation.classUID.text,
            implementationVersionName: Implementation.versionName
        )
        let all: [(any ServiceClass)?] = [Verification(), storage, commitment?.service]
        return Services(all.compactMap { $0 })
    }
}
