import Glibc
import Synchronization

/// A thread that is joined: the generator blocks in system calls, so a thread for each connection costs least.
struct JoinableThread: ~Copyable {
    private let thread: pthread_t

    /// Starts `body` on a new thread with a stack of `stackSize` bytes.
    init(stackSize: Int = 512 << 10, _ body: @escaping @Sendable () -> Void) throws {
        let box = Unmanaged.passRetained(ThreadBody(body))
        var started: pthread_t = 0
        let result = withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { buffer in
            guard let attributes = buffer.baseAddress else { return ENOMEM }
            pthread_attr_init(attributes)
            defer { pthread_attr_destroy(attributes) }
            pthread_attr_setstacksize(attributes, stackSize)
            return pthread_create(
                &started,
                attributes,
                { raw in
                    guard let raw else { return nil }
                    Unmanaged<ThreadBody>.fromOpaque(raw).takeRetainedValue().body()
                    return nil
                },
                box.toOpaque()
            )
        }
        guard result == 0 else {
            box.release()
            throw BenchError.system("pthread_create", result)
        }
        thread = started
    }

    /// Waits for the end of the thread.
    consuming func join() { pthread_join(thread, nil) }

    /// Lets the thread run to its end by itself.
    consuming func detach() { pthread_detach(thread) }
}

/// What `pthread_create` carries to the new thread.
private final class ThreadBody: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// Runs `body` on `count` threads at once and waits for all of them.
/// - Returns: what each returned, in the order of their numbers.
func onThreads<Value: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) -> Value) throws -> [Value] {
    let results = ThreadResults<Value>(count: count)
    try joined(count) { number in results.set(number, body(number)) }
    return results.take()
}

private func joined(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws {
    // A recursion, because an array cannot hold values that must be consumed.
    guard count > 0 else { return }
    let number = count - 1
    let thread = try JoinableThread { body(number) }
    do {
        try joined(number, body)
    } catch {
        thread.join()
        throw error
    }
    thread.join()
}

private final class ThreadResults<Value: Sendable>: Sendable {
    private let values: Mutex<[Value?]>
    init(count: Int) { values = Mutex(Array(repeating: nil, count: count)) }
    func set(_ number: Int, _ value: Value) { values.withLock { $0[number] = value } }
    func take() -> [Value] { values.withLock { $0.compactMap { $0 } } }
}

/// Gives the number of the next job to the thread that asks next, so that a slow connection holds no work back.
final class JobCounter: Sendable {
    private let next = Atomic<Int>(0)
    private let count: Int
    private let deadline: UInt64

    /// `count` jobs, none of them given out after `deadline` (nanoseconds, `UInt64.max`: never).
    init(count: Int, deadline: UInt64) {
        self.count = count
        self.deadline = deadline
    }

    /// The next job; nil: no more.
    func take() -> Int? {
        if deadline != .max, monotonicNanoseconds() >= deadline { return nil }
        let job = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return job < count ? job : nil
    }
}

/// A flag that one thread raises and others look at.
final class StopFlag: Sendable {
    private let raised = Atomic<Bool>(false)
    var isRaised: Bool { raised.load(ordering: .relaxed) }
    func raise() { raised.store(true, ordering: .relaxed) }
}

/// The largest of the values that threads have shown it.
final class PeakValue: Sendable {
    private let largest = Atomic<Int>(0)
    var value: Int { largest.load(ordering: .relaxed) }
    func raise(_ value: Int) { largest.max(value, ordering: .relaxed) }
}
