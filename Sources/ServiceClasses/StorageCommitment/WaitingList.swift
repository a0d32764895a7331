import Synchronization

/// Elements that one task takes in the order of their coming, and waits for.
///
/// *Resources*: holds what was added until it is taken; those who add bound the number.
final class WaitingList<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var taker: UnsafeContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    init() {}

    func add(_ element: Element) {
        let taker = state.withLock { state in
            state.elements.append(element)
            return state.taker.take()
        }
        taker?.resume()
    }

    /// All elements, at least one; none if the task was cancelled. One task calls it at a time.
    func all() async -> [Element] {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { taker in
                let isNow = state.withLock { state in
                    // Cancelled before it waits: the handler has found nothing to resume.
                    if !state.elements.isEmpty || Task.isCancelled { return true }
                    state.taker = taker
                    return false
                }
                if isNow { taker.resume() }
            }
        } onCancel: {
            state.withLock { $0.taker.take() }?.resume()
        }
        return state.withLock { state in
            defer { state.elements = [] }
            return state.elements
        }
    }
}
