import Dispatch
import Foundation
import Glibc
import Synchronization

/// Lines on their way to a standard stream, written by a thread of their own.
///
/// Event loops and I/O threads never write to a stream themselves, because `write` blocks on a pipe that is full and on
/// a terminal that Ctrl-S has stopped: a log that is not read would delay the answers to peers (promise 4).
/// ``write(_:)`` takes a lock and returns.
///
/// *Resources*: ``withLineQueue(to:bounds:dropNotice:_:)`` starts the thread and ends it. At most ``Bounds/bytes``
/// wait; further lines are dropped until half of that has been written, and a line that says how many were dropped goes
/// before the next.
///
/// *Errors*: none. A stream that is closed or broken takes its lines with it.
final class LineQueue: Sendable {
    /// How much waits, and how long the end may take.
    struct Bounds: Sendable {
        /// Bytes of lines that have not been written: some thousand log lines.
        var bytes = 1 << 20
        /// How long the end waits for what is still in the queue.
        var flush = Duration.seconds(1)
    }

    /// Bytes of one `write`: a pipe or a socket for which poll(2) reports room takes that many without blocking
    /// (pipe(7), PIPE_BUF).
    private static let writeBytes = 4_096
    /// How often the thread looks whether the queue has been closed, while the stream takes nothing.
    private static let pollMilliseconds: Int32 = 50

    fileprivate struct State {
        var lines: [String] = []
        /// Of the lines above and of those that the thread has taken and not yet written.
        var bytes = 0
        var isFull = false
        var dropped = 0
        /// When the thread gives up; nil while lines are taken.
        var deadline: ContinuousClock.Instant?
    }

    private let descriptor: Int32
    private let bounds: Bounds
    private let dropNotice: @Sendable (Int) -> String
    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    fileprivate init(descriptor: Int32, bounds: Bounds, dropNotice: @escaping @Sendable (Int) -> String) {
        self.descriptor = descriptor
        self.bounds = bounds
        self.dropNotice = dropNotice
        Thread { self.run() }.start()
    }

    /// Takes a line, without its line feed, and returns at once.
    func write(_ line: String) {
        let isFirst = state.withLock { state in
            guard state.deadline == nil else { return false }
            let wasEmpty = state.lines.isEmpty
            if state.isFull, state.bytes <= bounds.bytes / 2 { state.isFull = false }
            if state.bytes + line.utf8.count > bounds.bytes { state.isFull = true }
            guard !state.isFull else {
                state.dropped += 1
                return false
            }
            state.admitDropNotice(dropNotice)
            state.admit(line)
            return wasEmpty
        }
        if isFirst { available.signal() }
    }

    /// Takes no more lines, and has the thread end with what is in the queue; does not wait for it.
    fileprivate func finish(by deadline: ContinuousClock.Instant) {
        state.withLock { state in
            guard state.deadline == nil else { return }
            state.admitDropNotice(dropNotice)
            state.deadline = deadline
        }
        available.signal()
    }

    /// When the thread gives up, once the queue takes no more lines.
    var deadline: ContinuousClock.Instant? { state.withLock { $0.deadline } }

    /// Ends the thread once it has written what is in the queue, or cannot within the time for it.
    ///
    /// The wait is bounded even if the thread should block in `write` (another process has filled the pipe between
    /// `poll` and `write`): then the end of the process ends it.
    fileprivate func close() {
        finish(by: .now + bounds.flush)
        let (seconds, attoseconds) = max(.zero, (deadline ?? .now) - .now).components
        let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        let margin = 4 * Int(Self.pollMilliseconds) * 1_000_000
        _ = ended.wait(timeout: .now() + .nanoseconds(nanoseconds + margin))
    }

    // MARK: The thread

    private func run() {
        while true {
            available.wait()
            let (lines, isLast) = state.withLock { state in
                let lines = state.lines
                state.lines = []
                return (lines, state.deadline != nil)
            }
            for line in lines {
                write(bytes: Array((line + "\n").utf8)[...])
                state.withLock { $0.bytes -= line.utf8.count }
            }
            if isLast { break }
        }
        ended.signal()
    }

    private func write(bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty, !isExpired {
            var stream = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&stream, 1, Self.pollMilliseconds) > 0 else { continue }
            let count = rest.prefix(Self.writeBytes).withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count < 0, errno == EAGAIN {
                // The stream is non-blocking, by another process that shares it, and poll(2) promised more than there
                // was.
                poll(nil, 0, Self.pollMilliseconds)
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }

    private var isExpired: Bool {
        guard let deadline else { return false }
        return .now >= deadline
    }
}

extension LineQueue.State {
    fileprivate mutating func admit(_ line: String) {
        lines.append(line)
        bytes += line.utf8.count
    }

    fileprivate mutating func admitDropNotice(_ notice: (Int) -> String) {
        guard dropped > 0 else { return }
        admit(notice(dropped))
        dropped = 0
    }
}

/// Runs `body` with a queue of lines for a stream, whose thread ends after it.
///
/// - Parameters:
///   - other: A queue that ends with this one, so that both are flushed in the time of one.
///   - dropNotice: The line that says how many were dropped.
func withLineQueue<Value>(
    to descriptor: Int32,
    bounds: LineQueue.Bounds = LineQueue.Bounds(),
    endingWith other: LineQueue? = nil,
    dropNotice: @escaping @Sendable (Int) -> String = { "\($0) lines dropped: they were not read" },
    _ body: (LineQueue) async throws -> Value
) async throws -> Value {
    let lines = LineQueue(descriptor: descriptor, bounds: bounds, dropNotice: dropNotice)
    // Blocks this thread, at most for `flush`, because nothing is left to be served.
    defer {
        other?.finish(by: .now + bounds.flush)
        lines.close()
    }
    return try await body(lines)
}
