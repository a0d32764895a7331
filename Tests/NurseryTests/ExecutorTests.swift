import Glibc
import Nursery
import Synchronization
import TestSupport
import Testing

/// A nursery that runs under a task executor preference keeps its children there.
@Suite struct ExecutorTests {
    @Test("body, children, nested nurseries and deadlines stay on the executor of the task that opened the nursery")
    func staysOnExecutor() async throws {
        let executor = ThreadExecutor()
        let places = Mutex([Bool]())
        @Sendable func note() { places.withLock { $0.append(executor.isCurrent) } }
        let clock = ManualClock()

        try await withTaskExecutorPreference(executor) {
            try await withNursery { (nursery: borrowing Nursery) in
                note()
                nursery.startSoon {
                    note()
                    await Task.yield()
                    note()
                    try await withNursery { (inner: borrowing Nursery) in
                        note()
                        inner.startSoon { note() }
                    }
                    note()
                }
                try await nursery.start(deadline: .init(offset: .seconds(1)), clock: clock) { (ready: Ready<Void>) in
                    note()
                    ready()
                }
                note()
                try await withDeadline(.init(offset: .seconds(1)), clock: clock) { note() }
                note()
            }
        }
        executor.stop()
        #expect(places.withLock { $0 } == Array(repeating: true, count: 10))
    }
}

/// One thread that runs jobs in the order in which they came, as an event loop does.
private final class ThreadExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isStopped = false
        var thread: pthread_t?
    }

    private let state = Mutex(State())

    init() {
        var thread = pthread_t()
        let created = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ThreadExecutor>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            Unmanaged.passRetained(self).toOpaque()
        )
        precondition(created == 0)
    }

    var isCurrent: Bool { state.withLock { $0.thread == pthread_self() } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
    }

    /// Ends the thread, and waits for it.
    func stop() {
        let thread = state.withLock { state in
            state.isStopped = true
            return state.thread
        }
        if let thread { pthread_join(thread, nil) }
    }

    private func run() {
        state.withLock { $0.thread = pthread_self() }
        while true {
            let (jobs, isStopped) = state.withLock { state in
                defer { state.jobs = [] }
                return (state.jobs, state.isStopped)
            }
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
            if jobs.isEmpty {
                if isStopped { return }
                sched_yield()
            }
        }
    }
}
