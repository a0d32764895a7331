import Archive
import Index
import SystemPackage

/// Instances that are to be removed, and the rows that tell where they are.
struct RemovalOrder {
    /// What one UID stands for.
    struct Part: Sendable, Equatable {
        let level: Level
        let uid: String
        var files = 0
        var bytes: Int64 = 0
    }

    private(set) var part: Part
    private(set) var targets: [ArchiveRemoval.Target] = []

    /// Rows that are read at once.
    private static let pageRows = 1_000

    /// Looks up which files a UID stands for.
    ///
    /// *Errors*: what the database says.
    init(_ level: Level, _ uid: String, in database: IndexDatabase) throws {
        part = Part(level: level, uid: uid)
        var filter = IndexFilter()
        switch level {
        case .patient: return
        case .study: filter.studyInstanceUID = uid
        case .series: filter.seriesInstanceUID = uid
        case .instance: filter.sopInstanceUID = uid
        }
        var cursor: IndexCursor?
        repeat {
            let page = try database.read { [filter, cursor] in
                try $0.instances(filter, after: cursor, limit: Self.pageRows)
            }
            for row in page.rows {
                targets.append(ArchiveRemoval.Target(path: row.path, sopInstanceUID: row.sopInstanceUID))
                part.files += 1
                part.bytes += row.bytes
            }
            cursor = page.next
        } while cursor != nil
    }
}

/// Removes files, and their rows when they are gone.
struct ArchiveRemover: Sendable {
    private let removal: ArchiveRemoval
    private let database: IndexDatabase

    /// - Parameter database: Open for writing.
    /// *Errors*: `ArchiveError`.
    init(_ archive: FilePath, _ database: IndexDatabase) throws(ArchiveError) {
        removal = try ArchiveRemoval(archive)
        self.database = database
    }

    /// What has become of it.
    struct Result: Sendable {
        var removed = 0
        /// Paths that are left, and why.
        var kept: [(path: String, reason: String)] = []
    }

    /// *Errors*: what the disk or the database says; what is removed stays so, and can be removed again.
    func remove(_ order: RemovalOrder) throws -> Result {
        var result = Result()
        try removal.remove(order.targets) { outcome in
            try database.write { changes in
                for target in outcome.removed { try changes.remove(target.path) }
            }
            result.removed += outcome.removed.count
            result.kept += outcome.kept.map { ($0.target.path, $0.reason) }
        }
        return result
    }
}
