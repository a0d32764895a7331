import Instances
import Synchronization

/// Which studies have had an arrival lately: told by the archive at once, while the index is still behind.
///
/// *Resources*: at most `studiesMax` studies; with more, every study counts as one that is arriving.
final class ArrivalWatch: ArchiveObserver, Sendable {
    private struct State {
        var last: [String: Int64] = [:]
        var isFull = false
    }

    private let state = Mutex(State())
    private let date: @Sendable () -> Int64

    /// Studies of an hour: no scanner makes so many.
    static let studiesMax = 65_536

    /// - Parameter date: Seconds since 1970.
    init(date: @escaping @Sendable () -> Int64) { self.date = date }

    func archived(_ instances: [ArchivedInstance]) {
        let now = date()
        state.withLock { state in
            for instance in instances {
                guard let study = instance.keys.studyInstanceUID else { continue }
                if state.last.count < Self.studiesMax || state.last[study] != nil {
                    state.last[study] = now
                } else {
                    state.isFull = true
                }
            }
        }
    }

    /// Whether something of a study has come lately, or on an association that is still there.
    ///
    /// - Parameter since: Seconds since 1970.
    func isArriving(_ studyInstanceUID: String, since: Int64) -> Bool {
        state.withLock { $0.isFull || $0.last[studyInstanceUID].map { $0 >= since } ?? false }
    }

    /// What came before is of no more interest.
    func forget(before time: Int64) {
        state.withLock { state in
            state.last = state.last.filter { $0.value >= time }
            // What was not noted came before the next look, at the latest.
            state.isFull = state.isFull && state.last.count >= Self.studiesMax
        }
    }
}

/// Several observers as one.
struct ArchiveObservers: ArchiveObserver {
    private let all: [any ArchiveObserver]

    init(_ all: [any ArchiveObserver]) { self.all = all }

    func archived(_ instances: [ArchivedInstance]) { for observer in all { observer.archived(instances) } }
}
