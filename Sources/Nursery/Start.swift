/// What a child started by ``Nursery/start(deadline:clock:_:)`` calls when it is ready.
public struct Ready<Value: Sendable>: Sendable {
    fileprivate let readiness: Readiness<Value>

    /// Says that the child is ready, and hands `value` to the caller of `start`.
    ///
    /// The first call counts; later ones, and those after the deadline, do nothing.
    public func callAsFunction(_ value: Value) {
        readiness.ready(value)
    }
}

extension Ready where Value == Void {
    /// Says that the child is ready.
    public func callAsFunction() {
        readiness.ready(())
    }
}

extension Nursery {
    /// Starts a child and waits until it says that it is ready: the port is bound, the handshake done.
    ///
    /// Once ready, the child is a child like any other and lives on in the nursery.
    ///
    /// *Errors*: until it is ready, the child's error belongs to the caller of `start`: it is thrown here and only
    /// here, and its siblings go on unless the body lets it out. ``EndedBeforeReady`` if the child returned before it
    /// was ready; ``DeadlineExceeded`` if the deadline passed: the child is cancelled then, and waited for. A failure
    /// of the child in that clean-up is thrown together with it, as a ``NurseryError``.
    public func start<Value: Sendable, C: Clock>(
        deadline: C.Instant,
        clock: C,
        _ child: @escaping @Sendable (Ready<Value>) async throws -> Void
    ) async throws -> Value {
        let readiness = Readiness<Value>()
        if clock.now >= deadline { readiness.expire() }
        startSoon { try await supervise(readiness, child) }
        let outcome = await withTaskGroup(of: Void.self, returning: Result<Value, any Error>.self) { timer in
            // In a group of this call alone: a timer of the nursery's would outlast the wait.
            timer.addTask { if await reached(deadline, on: clock) { readiness.expire() } }
            // Not interrupted by cancellation: the child is cancelled along with this task, and its end ends the wait.
            let outcome = await readiness.outcome()
            timer.cancelAll()
            return outcome
        }
        return try outcome.get()
    }
}

/// Runs `child` in a group of its own, so that a passed deadline can cancel it without its siblings.
///
/// *Errors*: throws only what `child` threw after it was ready.
private func supervise<Value: Sendable>(
    _ readiness: Readiness<Value>,
    _ child: @escaping @Sendable (Ready<Value>) async throws -> Void
) async throws {
    let failure = await withTaskGroup(of: (any Error)?.self) { group in
        if readiness.isExpired { group.cancelAll() }
        group.addTask {
            do {
                try await child(Ready(readiness: readiness))
                return readiness.ended(nil)
            } catch {
                return readiness.ended(error)
            }
        }
        if await readiness.expiredBeforeReady() { group.cancelAll() }
        return await group.next().flatMap { $0 }
    }
    if let failure { throw failure }
}
