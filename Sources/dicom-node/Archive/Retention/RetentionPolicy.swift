import NIOCore

/// Which studies are removed by the node itself (`archive.retention`); as it is made, none.
///
/// A study goes if each part that is given lets it go.
struct RetentionPolicy: Equatable, Sendable {
    /// What must have happened to every file of a study.
    enum Condition: String, CaseIterable, Sendable {
        /// Its SCU was told that it is kept (PS3.4 Annex J).
        case committed
    }

    /// How long a study is kept after the last of it has come; 0: no matter how long.
    var keep = TimeAmount.zero
    /// Studies go only while less of the disk is free than this, in percent; 0: no matter how much.
    var below = 0
    var only: [Condition] = []

    /// Neither time nor room is a reason.
    var isOff: Bool { keep.nanoseconds == 0 && below == 0 }

    /// Seconds in which nothing of a study must have come: a study that arrives may pause, and one that is sent again
    /// is not removed under its sender's hands.
    static let quietSeconds: Int64 = 3_600

    /// The last moment at which something of a study may have come, for it to go: seconds since 1970.
    func lastArrival(now: Int64) -> Int64 { now - max(Self.quietSeconds, keep.nanoseconds / 1_000_000_000) }

    /// Bytes that are to become free; nil: room is no reason; 0: there is enough.
    func missing(of disk: DiskRoom) -> Int64? {
        guard below > 0 else { return nil }
        let wanted = Double(disk.total) / 100 * Double(below)
        return max(0, Int64(wanted.rounded(.up)) - disk.free)
    }
}
