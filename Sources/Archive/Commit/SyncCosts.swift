/// Chooses between one sync of the whole file system and one for each file or directory.
///
/// The first is one flush of the device whatever the number; but it also writes what others have left unwritten on the
/// file system, which may be gigabytes. Nobody tells beforehand, so the last times taken decide.
struct SyncCosts: Sendable {
    /// Nanoseconds that a sync of one took, smoothed; 0: not known yet.
    private var one: UInt64 = 0
    /// Nanoseconds that a sync of the whole took, smoothed; fades while it is not used, so that it is tried again.
    private var whole: UInt64 = 0
    private let countMin: Int

    init(countMin: Int) { self.countMin = countMin }

    /// Whether to sync the whole file system for `count` files or directories.
    mutating func prefersWhole(count: Int) -> Bool {
        guard count >= countMin else { return false }
        guard one > 0, whole > one.saturatingMultiply(count) else { return true }
        whole -= whole / 16
        return false
    }

    /// The same, but for a look ahead: more will have come by then.
    func mayPreferWhole(count: Int) -> Bool {
        whole <= one.saturatingMultiply(max(count, countMin)) || one == 0
    }

    mutating func record(one nanoseconds: UInt64) { one = Self.smooth(one, nanoseconds) }
    mutating func record(whole nanoseconds: UInt64) { whole = Self.smooth(whole, nanoseconds) }

    private static func smooth(_ old: UInt64, _ new: UInt64) -> UInt64 {
        old == 0 ? new : old - old / 4 + new / 4
    }
}

extension UInt64 {
    fileprivate func saturatingMultiply(_ count: Int) -> UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: UInt64(count))
        return overflow ? .max : product
    }
}
