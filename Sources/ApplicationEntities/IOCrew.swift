import Dispatch
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// I/O threads that share one queue of calls.
///
/// There are many, because they wait for the disk. But to wake one costs more than most calls do, and one that was at work a moment ago
/// is faster than one that rested: so a thread takes what has come meanwhile before it rests, the one that rested last is woken first,
/// and of those that do not wait for the disk no more than `atWork` are awake.
///
/// *Resources*: ``start()`` starts its threads, ``end()`` ends them; what was submitted before the end is run.
final class IOCrew: Sendable {
    private struct State {
        var waiting = CircularBuffer<@Sendable () -> Void>()
        /// Threads that rest, the one that rested last at the end.
        var resting: [DispatchSemaphore] = []
        /// Threads that take from `waiting`, but for those that told that they wait for the disk.
        var atWork = 0
        /// How many were taken, in all and up to the watch's last look.
        var taken = 0
        var takenBefore = 0
        var isWatched = false
        var isEnding = false
    }

    private let threads: Int
    private let atWorkMax: Int
    private let watch: TimeAmount
    private let pool: NIOThreadPool
    private let watchman: any EventLoop = MultiThreadedEventLoopGroup.singleton.any()
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - threads: How many.
    ///   - atWork: How many of them are busy at once without waiting for the disk.
    ///   - watch: After how long without progress one more is.
    init(threads: Int, atWork: Int, watch: TimeAmount) {
        self.threads = threads
        self.atWorkMax = atWork
        self.watch = watch
        self.pool = NIOThreadPool(numberOfThreads: threads)
    }

    /// Has a thread run `work`, in the order of submission.
    func submit(_ work: @escaping @Sendable () -> Void) {
        let (rested, needsWatch) = self.state.withLockedValue { state in
            state.waiting.append(work)
            let rested = self.wake(&state)
            defer { state.isWatched = state.isWatched || rested == nil }
            return (rested, rested == nil && !state.isWatched)
        }
        rested?.signal()
        if needsWatch { self.lookLater() }
    }

    /// The calling thread, which does what was submitted, will wait for the disk for long: another one takes its place meanwhile.
    func willWait() {
        let rested = self.state.withLockedValue { state in
            state.atWork -= 1
            return state.waiting.isEmpty ? nil : self.wake(&state)
        }
        rested?.signal()
    }

    /// It goes on: for a while one more may be at work than otherwise.
    func didWait() {
        self.state.withLockedValue { $0.atWork += 1 }
    }

    /// A thread that is to be signalled, unless enough are at work or none rests.
    private func wake(_ state: inout State, beyondMax: Bool = false) -> DispatchSemaphore? {
        guard beyondMax || state.atWork < self.atWorkMax, let rested = state.resting.popLast() else { return nil }
        state.atWork += 1
        return rested
    }

    // MARK: The threads

    private static let own = ThreadSpecificVariable<IOCrew>()

    /// The crew of the calling thread.
    static var current: IOCrew? { Self.own.currentValue }

    /// Starts the threads, and waits until each of them rests.
    func start() async {
        self.pool.start()
        await withUnsafeContinuation { (isStarted: UnsafeContinuation<Void, Never>) in
            for _ in 0..<self.threads {
                self.pool.submit { _ in
                    self.serve { resting in
                        if resting == self.threads { isStarted.resume() }
                    }
                }
            }
        }
    }

    /// The life of one thread.
    ///
    /// - Parameter rests: Told, when it rests for the first time, how many do.
    private func serve(_ rests: (Int) -> Void) {
        Self.own.currentValue = self
        let signal = DispatchSemaphore(value: 0)
        rests(
            self.state.withLockedValue { state in
                state.resting.append(signal)
                return state.resting.count
            }
        )
        signal.wait()
        while true {
            switch self.next(signal) {
            case .work(let work): work()
            case .rest: signal.wait()
            case .end: return
            }
        }
    }

    private enum Step {
        case work(@Sendable () -> Void)
        case rest
        case end
    }

    private func next(_ signal: DispatchSemaphore) -> Step {
        self.state.withLockedValue { state in
            if let work = state.waiting.popFirst() {
                state.taken += 1
                return .work(work)
            }
            if state.isEnding {
                self.endResting(&state)
                return .end
            }
            state.atWork -= 1
            state.resting.append(signal)
            return .rest
        }
    }

    /// Lets every thread end when nothing is waiting (those at work see to it), and waits until they have.
    func end() async throws {
        self.state.withLockedValue { state in
            state.isEnding = true
            if state.waiting.isEmpty { self.endResting(&state) }
        }
        try await self.pool.shutdownGracefully()
    }

    private func endResting(_ state: inout State) {
        for signal in state.resting { signal.signal() }
        state.resting = []
    }

    // MARK: The watch

    /// A call may wait long and not have told: a write while the kernel makes writers wait, a file server that is gone. Others must not
    /// wait for it.
    private func lookLater() {
        self.watchman.scheduleTask(in: self.watch) { self.look() }
    }

    private func look() {
        let (rested, goesOn) = self.state.withLockedValue { state in
            state.isWatched = !state.waiting.isEmpty
            let isStuck = state.isWatched && state.taken == state.takenBefore
            state.takenBefore = state.taken
            return (isStuck ? self.wake(&state, beyondMax: true) : nil, state.isWatched)
        }
        rested?.signal()
        if goesOn { self.lookLater() }
    }
}
