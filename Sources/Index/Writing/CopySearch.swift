import Dispatch
import NIOPosix
import Synchronization
import SystemPackage

/// Asks the database for the copies of an instance, on a thread of its own, and gives up when that takes too long.
///
/// While an answer is late no other question is asked: a disk that hangs costs the archive one bounded wait.
final class CopySearch: Sendable {
    private let thread: NIOThreadPool
    private let isLate = Mutex(false)

    init(thread: NIOThreadPool) { self.thread = thread }

    private final class Answer: Sendable {
        let value = Mutex<[String]?>(nil)
        let isThere = DispatchSemaphore(value: 0)
    }

    /// Nil: not known, or not in time.
    func paths(of sopInstanceUID: String, in database: IndexDatabase) -> [String]? {
        guard isLate.withLock({ !$0 }) else { return nil }
        let answer = Answer()
        thread.submit { [isLate = self] state in
            if case .active = state {
                let paths = try? database.read { try $0.paths(of: sopInstanceUID) }
                answer.value.withLock { $0 = paths }
            }
            isLate.isLate.withLock { $0 = false }
            answer.isThere.signal()
        }
        guard answer.isThere.wait(timeout: .now() + .milliseconds(IndexLimits.lookupMilliseconds)) == .success else {
            isLate.withLock { $0 = true }
            return nil
        }
        return answer.value.withLock { $0 }
    }
}
