/// A place where child tasks live, and the only way to start one.
///
/// The handle is borrowed by the body of ``withNursery(_:)`` and can be passed on as a `borrowing` argument, but it can
/// be neither stored nor captured by a child: a child that needs children of its own opens a nursery of its own.
/// A reader who looks for the place where a task was started therefore finds it in the lines that the handle reaches.
///
/// - Important: Write the parameter's type in the closure, `{ (nursery: borrowing Nursery) in … }`.
public struct Nursery: ~Copyable {
    private let group: ThrowingDiscardingTaskGroup<any Error>
    private let ledger: Ledger

    /// Only the trunk of a nursery makes a handle, so that every handle has a block that waits for it.
    init(group: ThrowingDiscardingTaskGroup<any Error>, ledger: Ledger) {
        self.group = group
        self.ledger = ledger
    }

    /// Starts a child and does not wait for anything.
    ///
    /// The child inherits the priority, the task-local values and the task executor preference of the body. A finished
    /// child leaves nothing behind, so a nursery may start any number of them.
    ///
    /// *Resources*: in a nursery that is being cancelled the child still runs, cancelled from its first line on, so
    /// that what it owns is always cleaned up by it.
    ///
    /// *Errors*: what `child` throws cancels its siblings and the body, and is thrown by ``withNursery(_:)``. A
    /// `CancellationError` of a child that was cancelled is the answer to the cancellation and no failure.
    public func startSoon(_ child: @escaping @Sendable () async throws -> Void) {
        // A copy of a task group is the same group; `addTask` is `mutating` only to keep groups from being shared.
        var group = self.group
        group.addTask { [ledger] in
            do {
                try await child()
            } catch {
                // Thrown on only if it is a failure: that is what makes the group cancel the siblings at once.
                if ledger.record(error) { throw error }
            }
        }
    }

    /// Cancels the body and every child, those started later included.
    ///
    /// Cancellation is level-triggered: from here on each wait in the nursery that honours cancellation fails, not only
    /// the next one. Nothing is thrown because of it by ``withNursery(_:)``, if the body returns a value all the same.
    public func cancel() {
        ledger.cancel()
        group.cancelAll()
        // The handle never leaves the task that runs the body, so the current task is that one.
        withUnsafeCurrentTask { $0?.cancel() }
    }
}

/// Runs `body` with a ``Nursery``, and returns when the body and every child have ended.
///
/// The promise: when this function returns or throws, nothing that was started in it still runs, and no error was lost.
///
/// The body runs in a child task itself, the trunk: a child's failure cancels the body too, and an error of the body
/// cancels the children. When the body returns, the nursery is closed to new children and waits for those it has.
///
/// *Resources*: the function waits as long as a child takes, also for one that ignores its cancellation.
///
/// *Errors*: one failure is thrown as it is, several as a ``NurseryError`` in the order in which they happened.
/// `CancellationError` is thrown if nothing failed and either the surrounding task was cancelled and the body or a
/// child gave up because of it, or the body itself threw `CancellationError` after ``Nursery/cancel()``.
public func withNursery<R: Sendable>(
    _ body: @escaping @Sendable (borrowing Nursery) async throws -> R
) async throws -> R {
    let ledger = Ledger()
    let value = await withTaskGroup(of: R?.self, returning: R?.self) { outer in
        outer.addTask { await trunk(ledger, body) }
        // A task group does not cancel its own body, and a group's children cannot reach their parent. Hence the second
        // group: it holds the trunk alone, and this task waits beside it to pass the first failure on.
        if await ledger.failedBeforeClosing() { outer.cancelAll() }
        return await outer.next().flatMap { $0 }
    }
    return try ledger.verdict(on: value)
}

/// Runs the body and waits for its children; nil if it, or one of them, failed.
private func trunk<R: Sendable>(
    _ ledger: Ledger,
    _ body: @Sendable (borrowing Nursery) async throws -> R
) async -> R? {
    defer { ledger.close() }
    return try? await withThrowingDiscardingTaskGroup { group in
        do {
            return try await body(Nursery(group: group, ledger: ledger))
        } catch {
            ledger.record(error)
            throw error  // cancels the children; the ledger has the error, so the caller of the group may drop it
        }
    }
}
