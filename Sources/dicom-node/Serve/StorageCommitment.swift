import ApplicationEntities
import Archive
import Glibc
import Index
import Logging
import NIOCore
import NIOPosix
import ServiceClasses

/// What storage commitment needs of the node: the service class, and what reports its results.
struct StorageCommitment: Sendable {
    let service: CommitmentSCP
    /// A child of the node's nursery.
    let reporting: CommitmentReporting

    /// The directory of its records, in the archive's own.
    private static let directory = "commitments"

    init(
        archive: LocalArchive,
        index: Index?,
        settings: Settings,
        giveUpAfter: TimeAmount,
        logger: Logger
    ) {
        let now: @Sendable () -> Int = { time(nil) }
        let transactions = CommitmentTransactions(records: LocalRecords(Self.directory, of: archive), now: now)
        let limits = settings.current.limits
        service = CommitmentSCP(transactions)
        reporting = CommitmentReporting(
            transactions,
            check: CommitmentCheck(
                store: archive,
                lookup: index.map { IndexedLookup($0, else: archive) } ?? archive,
                limits: limits.structureScanner,
                acceptsUnwalkable: limits.acceptsUnwalkable
            ),
            peers: CommitmentRequestor(
                settings: settings,
                implementationClassUID: Implementation.classUID,
                implementationVersionName: Implementation.versionName,
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                logger: logger
            ),
            time: CommitmentTime(now: now, giveUpAfter: { .nanoseconds(giveUpAfter.nanoseconds) }),
            logger: logger
        )
    }
}
