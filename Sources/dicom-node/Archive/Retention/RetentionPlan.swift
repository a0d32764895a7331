import Index

/// Which studies a policy lets go, one after the other.
struct RetentionPlan {
    private let policy: RetentionPolicy
    private let last: Int64
    /// Bytes that are still to become free; nil: room is no reason.
    private var missing: Int64?
    private var waiting: ArraySlice<StudyArrival> = []
    private var position: StudyArrival?
    private var isAtEnd = false

    /// Rows that are read at once.
    private static let pageRows = 100

    /// - Parameter now: Seconds since 1970.
    init(_ policy: RetentionPolicy, room: DiskRoom, now: Int64) {
        self.policy = policy
        last = policy.lastArrival(now: now)
        missing = policy.missing(of: room)
        isAtEnd = policy.isOff
    }

    /// The next study; nil: there are no more, or there is room enough without those that were taken.
    ///
    /// *Errors*: what the database says.
    mutating func next(in database: IndexDatabase) throws -> StudyArrival? {
        guard missing.map({ $0 > 0 }) ?? true else { return nil }
        if waiting.isEmpty, !isAtEnd {
            let (last, committed, position) = (last, policy.only.contains(.committed), position)
            let page = try database.read { reader in
                try reader.studies(unchangedSince: last, committed: committed, after: position, limit: Self.pageRows)
            }
            waiting = page[...]
            self.position = page.last
            isAtEnd = page.count < Self.pageRows
        }
        return waiting.popFirst()
    }

    /// So much has become free, or would.
    mutating func freed(_ bytes: Int64) { missing = missing.map { $0 - bytes } }
}
