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
        let transactions = CommitmentTransactions(
            records: LocalRecords(Self.directory, of: archive),
            now: now,
            committed: { uids, received in await Self.note(uids, received, in: index) }
        )
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

    /// Notes in the rows what was committed to, for retention. What cannot be noted is kept longer.
    private static func note(_ sopInstanceUIDs: [String], _ received: Int, in index: Index?) async {
        guard let database = index?.database else { return }
        try? await NIOThreadPool.singleton.runIfActive {
            try database.write { changes in
                for uid in sopInstanceUIDs { try changes.commit(uid, at: Int64(received)) }
            }
        }
    }
}
