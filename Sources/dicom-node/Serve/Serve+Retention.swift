import ApplicationEntities
import Archive
import Glibc
import Index
import Instances
import Logging

extension Serve {
    /// Told of instances that are safe.
    static func observer(_ index: Index?, _ watch: ArrivalWatch?) -> (any ArchiveObserver)? {
        guard let watch else { return index }
        guard let index else { return watch }
        return ArchiveObservers([index, watch])
    }

    /// Nil: nothing is removed.
    static func retention(
        _ values: NodeConfiguration,
        _ archive: LocalArchive,
        _ index: Index?,
        _ watch: ArrivalWatch,
        _ entity: ApplicationEntity,
        _ logger: Logger
    ) -> RetentionKeeper? {
        let policy = values.archive.retention
        let path = values.archive.path.absolute
        guard !policy.isOff, let index else { return nil }
        return RetentionKeeper(
            policy: policy,
            node: RetentionKeeper.Node(
                archive: archive,
                path: path,
                index: { index.status.isBehind ? nil : index.database },
                watch: watch,
                oldestAssociation: { entity.oldestAssociation },
                room: { try DiskRoom(of: path) },
                date: { Int64(time(nil)) }
            ),
            clock: ContinuousClock(),
            logger: logger
        )
    }
}
