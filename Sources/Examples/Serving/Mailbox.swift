import Synchronization

/// Lines that wait to be written to one peer, up to a limit. (`AsyncStream` would do, but is slow with many lines
/// waiting.)
package final class Mailbox: Sendable {
    private struct State {
        var lines: [String] = []
        var isClosed = false
        var reader: CheckedContinuation<Void, Never>?
    }

    private let limit: Int
    private let state = Mutex(State())

    package init(limit: Int) {
        self.limit = limit
    }

    /// Leaves a line; false if the mailbox is full. Never waits.
    package func put(_ line: String) -> Bool {
        wakeReader { state in
            guard state.lines.count < limit else { return false }
            state.lines.append(line)
            return true
        }
    }

    /// No more lines come: what is there is still taken.
    package func close() {
        wakeReader { $0.isClosed = true }
    }

    /// Waits for lines and takes them all; nil when the mailbox is closed and empty, or the task was cancelled.
    package func take() async -> [String]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWaiting = state.withLock { state in
                    guard state.lines.isEmpty, !state.isClosed else { return false }
                    state.reader = continuation
                    return true
                }
                if !isWaiting { continuation.resume() }
            }
        } onCancel: {
            close()
        }
        return state.withLock { state in
            defer { state.lines = [] }
            return state.lines.isEmpty ? nil : state.lines
        }
    }

    private func wakeReader<T: Sendable>(_ change: (inout State) -> T) -> T {
        let (value, reader) = state.withLock { state in (change(&state), state.reader.take()) }
        reader?.resume()
        return value
    }
}
