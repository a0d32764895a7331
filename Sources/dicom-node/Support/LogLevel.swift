import Logging
import Synchronization

/// The least severe level that is logged, which a reload may change: every logger of the process has the same.
final class LogLevel: Sendable {
    private static let all = Logger.Level.allCases

    private let index: Atomic<Int>

    init(_ level: Logger.Level) {
        index = Atomic(Self.index(of: level))
    }

    var current: Logger.Level {
        get { Self.all[index.load(ordering: .relaxed)] }
        set { index.store(Self.index(of: newValue), ordering: .relaxed) }
    }

    private static func index(of level: Logger.Level) -> Int { all.firstIndex(of: level) ?? 0 }
}
