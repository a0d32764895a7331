import Synchronization

/// Chooses between one sync of the whole file system and one for each file or directory, for both stages of group
/// commit.
///
/// The first is one flush of the device whatever the number; but it also writes what others have left unwritten on the
/// file system, which may be gigabytes. That is not known beforehand, so the last times taken decide.
final class SyncCosts: Sendable {
    private struct Times {
        /// Nanoseconds that a sync of one took, smoothed; 0: not known yet.
        var one: UInt64 = 0
        /// Nanoseconds that a sync of the whole took, smoothed; fades while it is not used, so that it is tried again.
        var whole: UInt64 = 0
    }

    private let times = Mutex(Times())
    private let countMin: Int

    init(countMin: Int) { self.countMin = countMin }

    /// Whether to sync the whole file system for `count` files or directories.
    func prefersWhole(count: Int) -> Bool {
        guard count >= countMin else { return false }
        return times.withLock { times in
            guard times.one > 0, times.whole > times.one.saturatingMultiply(count) else { return true }
            times.whole -= times.whole / 16
            return false
        }
    }

    /// The same, but for a look ahead: more will have come by then.
    func mayPreferWhole(count: Int) -> Bool {
        times.withLock { $0.one == 0 || $0.whole <= $0.one.saturatingMultiply(max(count, countMin)) }
    }

    func record(one nanoseconds: UInt64) { times.withLock { $0.one = Self.smooth($0.one, nanoseconds) } }
    func record(whole nanoseconds: UInt64) { times.withLock { $0.whole = Self.smooth($0.whole, nanoseconds) } }

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
