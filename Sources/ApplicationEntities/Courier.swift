import Associations
import NIOCore
import Synchronization

/// Carries one association while its peer streams: a thread of its own reads the socket, runs the association's tasks, and with them writes
/// the file and sends the response.
///
/// An event loop may not wait for a disk, so each object costs it two changes of thread. A courier may: it serves one association, and
/// nobody else waits for it. When something comes that is no P-DATA, or nothing for a while, the visit ends and the event loop goes on where
/// the courier stopped.
///
/// For plain connections: the bytes of an encrypted one have to go through its channel.
///
/// As an executor it outlives its visits: what a child still has to do is done on the event loop then.
///
/// *Resources*: each visit has a place of the crew and a ``CourierSocket``, and has given them back when ``carry(_:_:leaving:)`` returns.
final class Courier: TaskExecutor {
    struct Queue {
        /// The bell of the visit; nil: there is none.
        var socket: CourierSocket?
        var jobs = CircularBuffer<UnownedJob>(initialCapacity: 4)
        /// The thread waits for the bell.
        var isWaiting = false
        var isRecalled = false
        var land: (@Sendable (CourierVisit.Cargo) -> Void)?
    }

    let crew: CourierCrew
    private let eventLoop: any EventLoop
    let activity: SharedActivity
    let queue = Mutex(Queue())
    /// Touched by the visit's thread alone, but for its beginning.
    let visit = Mutex<CourierVisit?>(nil)
    /// The last visit ended for want of bytes: the message it left is not worth another.
    private let isMessageSlow = Mutex(false)

    init(_ crew: CourierCrew, eventLoop: any EventLoop, activity: SharedActivity) {
        self.crew = crew
        self.eventLoop = eventLoop
        self.activity = activity
    }

    // MARK: The event loop's side

    /// Takes a place if a visit is worth it, for ``begin(_:land:)`` or ``decline()``: a data set begins, or comes fast.
    func book(for fragments: [PDVFragment]) -> Bool {
        // A child that is at work has begun on the event loop, and would go on there: an association's tasks run on one thread.
        guard self.activity.value.commits == 0 else { return false }
        var (bytes, begins) = (0, false)
        for fragment in fragments {
            if fragment.isCommand { begins = true } else { bytes += fragment.bytes.readableBytes }
        }
        let isWorthIt = self.isMessageSlow.withLock { isSlow in
            if begins { isSlow = false }
            return !isSlow && bytes >= (begins ? Limits.courierMessageBytes : Limits.courierStreamBytes)
        }
        return isWorthIt && self.crew.enter(now: .now())
    }

    /// Gives the place back.
    func decline() { self.crew.leave() }

    /// Begins a visit in the place that was taken; ``carry(_:_:leaving:)`` is to follow.
    ///
    /// - Parameter land: Called on the event loop, before anything else of the association goes on there.
    func begin(_ visit: CourierVisit, land: @escaping @Sendable (CourierVisit.Cargo) -> Void) {
        self.visit.withLock { $0 = visit }
        self.queue.withLock { queue in
            queue.socket = visit.socket
            queue.isRecalled = false
            queue.land = land
        }
        self.crew.visit { self.run(visit.socket, $0) }
    }

    /// Ends the visit as soon as the association's task waits for its peer; from any thread.
    func recall() {
        self.queue.withLock { queue in
            queue.isRecalled = true
            queue.socket?.ring()
        }
    }

    // MARK: The tasks' side

    /// The association's tasks run on the courier's thread.
    var isCarrying: Bool { self.queue.withLock { $0.socket != nil } }

    /// Works through `fragments`, and through what follows them, on the courier's thread, until the visit ends.
    func carry(
        _ fragments: [PDVFragment],
        _ body: ([PDVFragment]) async throws -> Void,
        leaving: () -> Void
    ) async throws {
        try await withTaskExecutorPreference(self) {
            defer {
                leaving()
                self.end()
            }
            var received: [PDVFragment]? = fragments
            while let fragments = received {
                try await body(fragments)
                received = await withUnsafeContinuation { reader in
                    self.visit.withLock { $0?.reader = reader }
                }
            }
        }
    }

    /// Sends what is data, and leaves the rest to the event loop.
    func write(_ request: UpperLayerRequest) {
        self.visit.withLock { visit in
            if case .data(let values) = request, visit?.send(values) == true { return }
            visit?.cargo.requests.append(request)
        }
    }

    /// Called on the courier's thread, by the task that is about to leave it.
    private func end() {
        guard let cargo = self.visit.withLock({ $0.take() })?.cargo else { return }
        self.isMessageSlow.withLock { $0 = self.activity.value.isWithinMessage }
        self.queue.withLock { queue in
            queue.socket = nil
            let land = queue.land.take()
            self.eventLoop.execute { land?(cargo) }
            while let job = queue.jobs.popFirst() { self.runOnEventLoop(job) }
        }
    }

    // MARK: The executor

    /// Called by the runtime, from any thread.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.queue.withLock { queue in
            guard let socket = queue.socket else { return self.runOnEventLoop(job) }
            queue.jobs.append(job)
            if queue.isWaiting { socket.ring() }
            queue.isWaiting = false
        }
    }

    private func runOnEventLoop(_ job: UnownedJob) {
        self.eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    // MARK: The thread

    private enum Step {
        case run(UnownedJob)
        case receive
        case end
    }

    private func run(_ socket: CourierSocket, _ thread: CourierThread) {
        thread.takeTurn()
        while true {
            switch self.step() {
            case .run(let job): job.runSynchronously(on: self.asUnownedTaskExecutor())
            case .receive: self.receive(socket, thread)
            case .end: return thread.giveTurn()
            }
        }
    }

    private func step() -> Step {
        self.queue.withLock { queue in
            if queue.socket == nil { return .end }
            return queue.jobs.popFirst().map { .run($0) } ?? .receive
        }
    }
}
