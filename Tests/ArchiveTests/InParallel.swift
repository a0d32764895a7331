import Glibc
import Synchronization

/// Runs work on as many threads at once, and returns what each gave.
func inParallel<Value: Sendable>(_ count: Int, _ work: @escaping @Sendable (Int) -> Value) -> [Value] {
    let results = (0..<count).map { _ in Box<Value>() }
    let threads = (0..<count).compactMap { index -> pthread_t? in
        let start = ThreadStart { results[index].value = work(index) }
        var thread = pthread_t()
        let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
            if let argument { Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue().run() }
            return nil
        }
        return pthread_create(&thread, nil, body, Unmanaged.passRetained(start).toOpaque()) == 0 ? thread : nil
    }
    for thread in threads { pthread_join(thread, nil) }
    return results.compactMap(\.value)
}

private final class ThreadStart {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

extension Box {
    /// Waits until there is a value: another thread brings it.
    func wait() -> Value? {
        while true {
            if let value { return value }
            sched_yield()
        }
    }
}
