import Dispatch
import NIOPosix
import Synchronization

/// Asks the database for the copies of an instance, on a thread of its own, and gives up when that takes too long.
///
/// While an answer is late no other question is asked: a disk that hangs costs the archive one bounded wait.
final class CopySearch: Sendable {
    private let thread: NIOThreadPool
    /// Questions that were given up, and whose answers are still to come.
    private let late = Atomic(0)

    init(thread: NIOThreadPool) { self.thread = thread }

    private final class Question: Sendable {
        struct State {
            var paths: [String]?
            var isAnswered = false
            var isGivenUp = false
        }

        let state = Mutex(State())
        let answered = DispatchSemaphore(value: 0)
    }

    /// Nil: not known, or not in time.
    func paths(of sopInstanceUID: String, in database: IndexDatabase) -> [String]? {
        guard late.load(ordering: .acquiring) == 0 else { return nil }
        let question = Question()
        thread.submit { state in
            var paths: [String]?
            if case .active = state { paths = try? database.read { try $0.paths(of: sopInstanceUID) } }
            question.state.withLock { state in
                state.paths = paths
                state.isAnswered = true
                if state.isGivenUp { self.late.wrappingSubtract(1, ordering: .acquiringAndReleasing) }
            }
            question.answered.signal()
        }
        _ = question.answered.wait(timeout: .now() + .milliseconds(IndexLimits.lookupMilliseconds))
        return question.state.withLock { state in
            if !state.isAnswered {
                state.isGivenUp = true
                late.wrappingAdd(1, ordering: .acquiringAndReleasing)
            }
            return state.paths
        }
    }
}
