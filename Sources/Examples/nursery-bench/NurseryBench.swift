import Glibc
import NIOCore
import NIOPosix
import Nursery
import Serving

/// Prints what a nursery costs beside the bare task group, on an event loop: `nursery-bench` the processor time,
/// `nursery-bench child` and `nursery-bench nursery` the memory, each in a process of its own, since freed memory is
/// used again.
@main
enum NurseryBench {
    static func main() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        try await withTaskExecutorPreference(EventLoopExecutor(eventLoop)) {
            switch CommandLine.arguments.dropFirst().first {
            case "child":
                print("KiB of an idle child:", try await idle(on: eventLoop) { try await $0.get() })
            case "nursery":
                let size = try await idle(on: eventLoop) { gate in
                    try await withNursery { (_: borrowing Nursery) in try await gate.get() }
                }
                print("KiB of an idle child with an idle nursery:", size)
            default:
                let count = 100_000
                print("µs of CPU for a child of a task group:", try await median(count, bareChildren))
                print("µs of CPU for a child of a nursery:", try await median(count, children))
                print("µs of CPU for an empty nursery:", try await median(count, nurseries))
            }
        }
    }

    private static func bareChildren(_ count: Int) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<count {
                // What a nursery is measured against.
                group.addTask {}
                await Task.yield()  // The child runs: as with arrivals, few are waiting at a time.
            }
        }
    }

    private static func children(_ count: Int) async throws {
        try await withNursery { (nursery: borrowing Nursery) in
            for _ in 0..<count {
                nursery.startSoon {}
                await Task.yield()
            }
        }
    }

    private static func nurseries(_ count: Int) async throws {
        for _ in 0..<count {
            try await withNursery { (_: borrowing Nursery) in }
        }
    }

    /// Microseconds of processor time for one, the median of nine rounds.
    private static func median(_ count: Int, _ body: (Int) async throws -> Void) async throws -> Double {
        var rounds: [Double] = []
        for _ in 0..<9 {
            let before = processorTime()
            try await body(count)
            rounds.append((processorTime() - before) / Double(count) * 1e6)
        }
        return (rounds.sorted()[4] * 100).rounded() / 100
    }

    /// Seconds of processor time of this process.
    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// KiB of resident memory for each of 10,000 children that wait in `body`.
    private static func idle(
        on eventLoop: any EventLoop,
        _ body: @escaping @Sendable (EventLoopFuture<Void>) async throws -> Void
    ) async throws -> Double {
        let count = 10_000
        let gate = eventLoop.makePromise(of: Void.self)
        return try await withNursery { (nursery: borrowing Nursery) in
            let before = resident()
            for _ in 0..<count { nursery.startSoon { try await body(gate.futureResult) } }
            // Later than all children on the same loop, each of which takes a few turns to its wait.
            for _ in 0..<100 { await Task.yield() }
            let bytes = Double(resident() - before) / Double(count)
            gate.succeed()
            return (bytes / 102.4).rounded() / 10
        }
    }

    /// The resident memory of this process in bytes.
    private static func resident() -> Int {
        var text = [UInt8](repeating: 0, count: 128)
        let file = open("/proc/self/statm", O_RDONLY)
        defer { close(file) }
        let length = max(0, read(file, &text, text.count))
        let pages = String(decoding: text[..<length], as: UTF8.self).split(separator: " ").dropFirst().first
        return (pages.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }
}
