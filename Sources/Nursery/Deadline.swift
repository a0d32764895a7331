/// Runs `body` until `deadline` on `clock`, and cancels it then.
///
/// A deadline belongs to the caller of an operation, which knows how long it may wait; so operations need no timeout
/// arguments, and deadlines nest: the earliest counts. The cancellation is level-triggered: it is never taken back,
/// each further wait in `body` that honours cancellation fails. A deadline that has passed already cancels `body` from
/// its first line on.
///
/// *Resources*: returns only when `body` has ended; a `body` that ignores its cancellation is waited for.
///
/// *Errors*: ``DeadlineExceeded`` if `body` gave up because of the deadline. What `body` returns or throws otherwise is
/// returned or thrown, also after the deadline: work that was done is not denied, and a failure is not renamed.
public func withDeadline<R: Sendable, C: Clock>(
    _ deadline: C.Instant,
    clock: C,
    _ body: @escaping @Sendable () async throws -> R
) async throws -> R {
    let (result, isExpired) = await withTaskGroup(of: Ending<R>.self) { group in
        var isExpired = clock.now >= deadline
        if isExpired { group.cancelAll() }
        // Two children, since whichever ends first has to end the other.
        group.addTask {
            do { return .body(.success(try await body())) } catch { return .body(.failure(error)) }
        }
        if !isExpired {
            group.addTask { await reached(deadline, on: clock) ? .deadline : .timerStopped }
        }
        var result: Result<R, any Error>?
        for await ending in group {
            switch ending {
            case .body(let ended): result = ended
            case .deadline: isExpired = isExpired || result == nil
            case .timerStopped: continue
            }
            group.cancelAll()
        }
        return (result ?? .failure(CancellationError()), isExpired)
    }
    // If the caller is cancelled too, that is the wider scope, and its cancellation is what the caller has to see.
    if isExpired, !Task.isCancelled, case .failure(is CancellationError) = result { throw DeadlineExceeded() }
    return try result.get()
}

/// How a child of a deadline's scope ended.
private enum Ending<R: Sendable>: Sendable {
    case body(Result<R, any Error>)
    case deadline
    case timerStopped
}

/// Waits for `deadline`; false if the waiting task was cancelled. A clock that cannot wait has reached it, so that no
/// scope is left without its deadline.
func reached<C: Clock>(_ deadline: C.Instant, on clock: C) async -> Bool {
    do {
        try await clock.sleep(until: deadline, tolerance: nil)
        return true
    } catch {
        return !Task.isCancelled
    }
}
