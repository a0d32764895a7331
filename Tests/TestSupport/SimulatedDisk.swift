import Archive
import Glibc
import Synchronization

/// A disk that fails, loses and tears what it may, and nothing else. Deterministic: a seed decides.
///
/// **The model.** What a process writes is seen at once by every process, and is on stable storage when a sync that
/// covers it has succeeded. Until then a power cut leaves of it what it likes:
/// - Bytes: each write is kept, dropped or torn, each by itself; behind a dropped one a later one may be kept, and
///   zeros lie between.
/// - Names: each change (a link, a removal, a directory made) is kept or dropped, each by itself; a rename is one
///   change. A directory whose own name is dropped takes everything beneath with it, synced or not.
/// - `fdatasync` and `fsync` of a file cover its bytes, not its name. `fsync` of a directory covers the names in it,
///   not its own name, and no bytes. `syncfs` covers everything, if the file system is said to be trusted.
/// - A failed sync has written some of what it covers. The rest stays visible, is never written by any later sync, and
///   is gone after a power cut. So it is with bytes whose write-back fails while no call waits for it. When the process
///   ends it is no longer visible either: file systems with a journal take no more until they are mounted again.
/// - Where names go through a journal, a sync that fails may be a failed commit of it, and a commit may fail while no
///   call waits for it. Then all names and files whose sync was still to come may be lost at once; only a sync that
///   waited reports it, while later syncs of them find nothing left to do and succeed. From then on nothing new can be
///   made, named or removed, until the file system is mounted again.
/// - A failed write-back is reported once to each descriptor that was open when it happened, by the file's or
///   directory's own sync and by `syncfs`; if it was reported to none yet, also to the next one opened.
///
/// Every operation can fail before it did anything, be interrupted, and be the last one before a crash, done or not
/// done. A write can be short. When a process is killed, what it wrote stays as it is seen; when the power is cut, only
/// what is described above. Not modelled: what was synced goes bad, a device that lies about its cache, symbolic links.
package final class SimulatedDisk: FileSystem {
    let state: Mutex<State>
    /// A structure, since a bare closure in a `Mutex` is wrapped anew each time it is read.
    private struct Hook: Sendable {
        var run: @Sendable () -> Void
    }
    private let hook = Mutex<Hook?>(nil)

    package init(seed: UInt64, traits: Traits = Traits(), faults: FaultPlan = FaultPlan()) {
        state = Mutex(State(seed: seed, traits: traits, faults: faults))
    }

    /// What kind of file system it is.
    package struct Traits: Sendable {
        /// Files without a name can be made.
        package var hasNamelessFiles = true
        /// `syncfs` reports errors.
        package var syncIsTrusted = true
        /// Names go through a journal: a sync that fails may be a failed commit of it.
        package var hasJournal = false
        /// Syncs succeed and do nothing: no archive can be safe on it. Shows that the checks can fail.
        package var lies = false
        /// Bytes it holds.
        package var capacity = Int.max
        /// Descriptors a process may have.
        package var descriptorsMax = 1000
        /// The user whom everything on it belongs to.
        package var owner: UInt32 = 0
        /// Operations that always fail, by the name of their function, with this `errno`.
        package var refused: [String: Int32] = [:]
        package init() {}
    }

    /// Runs before every operation, as another thread would.
    package func onOperation(_ hook: (@Sendable () -> Void)?) {
        self.hook.withLock { $0 = hook.map(Hook.init) }
    }

    /// Operations begun so far.
    package var operationCount: Int { state.withLock { $0.operationCount } }
    /// The process is dead: what it answers from now on does not count.
    package var hasCrashed: Bool { state.withLock { $0.hasCrashed } }
    /// Its journal has failed: it takes nothing new until it is mounted again.
    package var hasGivenUp: Bool { state.withLock { $0.hasGivenUp } }
    /// Descriptors that are open.
    package var openCount: Int { state.withLock { $0.handles.count } }

    /// One operation: counted, perhaps failed, perhaps the last.
    func perform<Value: Sendable>(
        _ operation: Operation,
        name: StaticString = #function,
        _ body: (inout State) -> Result<Value, SystemError>
    ) throws(SystemError) -> Value {
        func run(_ state: inout State) -> Result<Value, SystemError> {
            if !state.traits.refused.isEmpty, let code = state.traits.refused[String("\(name)".prefix { $0 != "(" })] {
                return .failure(SystemError(code: code))
            }
            return state.refuses(operation) ? .failure(State.readOnly) : body(&state)
        }
        hook.withLock { $0 }?.run()
        let result = state.withLock { state -> Result<Value, SystemError> in
            guard !state.hasCrashed else { return .failure(State.dead) }
            state.operationCount += 1
            state.time += 1000
            let fault = state.faults.fault(at: state.operationCount)
            if Self.isTraced { print("\(state.operationCount): \(name)", fault.map { "\($0)" } ?? "") }
            switch fault {
            case nil:
                return run(&state)
            case .error(let code):
                state.fail(operation)
                return .failure(SystemError(code: code))
            case .interruption:
                return .failure(SystemError(code: 4))  // EINTR
            case .shortWrite:
                state.nextWriteIsShort = true
                defer { state.nextWriteIsShort = false }
                return run(&state)
            case .lostWriteBack:
                state.loseSomeWriteBack()
                return run(&state)
            case .failedCommit:
                state.giveUp()
                return run(&state)
            case .crash(let isDone):
                if isDone { _ = run(&state) }
                state.hasCrashed = true
                return .failure(State.dead)
            }
        }
        return try result.get()
    }

    /// With the environment variable `SIMULATION_TRACE`, every operation is printed.
    private static let isTraced = getenv("SIMULATION_TRACE") != nil

    /// What an operation touches, for what its failure does.
    enum Operation {
        case other
        /// Something is made, named or removed.
        case change
        case sync(Int32, SyncExtent)
    }
}
