import Archive
import Foundation
import Index
import Logging
import NIOPosix
import SystemPackage

/// Removes studies as the policy says, while the node runs: once a minute, the oldest by arrival first.
///
/// A file goes only while the archive gives no names, and only if nothing of its study has come lately: so what a
/// modality was told to be archived is not removed before the time that the policy keeps it, also when it is sent again
/// at this moment.
///
/// It can fail at any point and begin anew: what is removed is gone whole, and the rest is found the next time.
struct RetentionKeeper: Sendable {
    /// What it needs of the node.
    struct Node: Sendable {
        var archive: LocalArchive
        var path: FilePath
        /// Nil while it cannot be trusted: closed, or still reading the files.
        var index: @Sendable () -> IndexDatabase?
        var watch: ArrivalWatch
        /// When the oldest association that is still there began: seconds since 1970; nil: there is none.
        var oldestAssociation: @Sendable () -> Int64?
        var room: @Sendable () throws -> DiskRoom
        /// Seconds since 1970.
        var date: @Sendable () -> Int64
    }

    let policy: RetentionPolicy
    let node: Node
    let clock: any Clock<Duration>
    let logger: Logger

    static let interval = Duration.seconds(60)
    private static let intervalMax = Duration.seconds(3_600)
    /// Files that are removed while no instance is given its name: a few milliseconds.
    private static let filesAtOnce = 64

    /// Removes until it is cancelled. A failure is logged once, and then tried again, ever more seldom.
    func run() async {
        var delay = Self.interval
        var told: String?
        while true {
            do { try await clock.sleep(for: delay) } catch { return }
            do {
                try await NIOThreadPool.singleton.runIfActive { try work() }
                (delay, told) = (Self.interval, nil)
            } catch {
                if Task.isCancelled { return }
                let reason = "\(error)"
                if told != reason {
                    logger.error("retention fails, receiving goes on", metadata: ["error": "\(reason)"])
                }
                told = reason
                delay = min(delay * 2, Self.intervalMax)
            }
        }
    }

    /// Removes what is to go now. Waits for the disk.
    ///
    /// *Errors*: what the disk or the database says; what is removed before stays so.
    func work() throws {
        guard !policy.isOff, let database = node.index() else { return }
        let now = node.date()
        node.watch.forget(before: arrivalLimit(now))
        var plan = RetentionPlan(policy, room: try node.room(), now: now)
        while let study = try plan.next(in: database) {
            plan.freed(try remove(study, database))
        }
    }

    /// What has come since is arriving: lately, or on an association that is still there.
    private func arrivalLimit(_ now: Int64) -> Int64 {
        min(now - RetentionPolicy.quietSeconds, node.oldestAssociation() ?? .max)
    }

    /// - Returns: Bytes that are free now.
    private func remove(_ study: StudyArrival, _ database: IndexDatabase) throws -> Int64 {
        let uid = study.studyInstanceUID
        let order = try RemovalOrder(.study, uid, in: database)
        let removal = try ArchiveRemoval(node.path)
        var removed = 0
        var rest = order.targets[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(Self.filesAtOnce))
            rest = rest.dropFirst(some.count)
            let limit = arrivalLimit(node.date())
            let outcomes: [ArchiveRemoval.Outcome] = try node.archive.exclusively {
                guard !node.watch.isArriving(uid, since: limit) else { return [] }
                var outcomes: [ArchiveRemoval.Outcome] = []
                try removal.remove(some) { outcomes.append($0) }
                return outcomes
            }
            // It is being sent again: what is left of it stays.
            if outcomes.isEmpty { break }
            try database.write { changes in
                for target in outcomes.flatMap(\.removed) { try changes.remove(target.path) }
            }
            removed += outcomes.reduce(0) { $0 + $1.removed.count }
            for (target, reason) in outcomes.flatMap(\.kept) {
                logger.warning(
                    "a file is not removed",
                    metadata: ["path": "\(target.path)", "reason": "\(reason)"]
                )
            }
        }
        guard removed > 0 else { return 0 }
        let isWhole = removed == order.part.files
        logger.notice(
            isWhole
                ? "study removed by retention"
                : "study removed by retention, but for what is sent again or is not its own",
            metadata: [
                "StudyInstanceUID": "\(uid)", "files": "\(removed)", "of": "\(order.part.files)",
                "bytes": "\(order.part.bytes)",
                "lastArrival": "\(Date(timeIntervalSince1970: Double(study.changed)).formatted(.iso8601))",
            ]
        )
        return order.part.bytes * Int64(removed) / Int64(max(1, order.part.files))
    }
}
