import Synchronization

/// What happened in one nursery: every failure, and whether cancellation was asked for or answered.
final class Ledger: Sendable {
    private struct Entries {
        var failures: [any Error] = []
        /// `Nursery.cancel()` was called.
        var isCancelled = false
        /// The body or a child ended because it was cancelled.
        var gaveUp = false
        /// The body and all its children have ended.
        var isClosed = false
        /// The task that opened the nursery; it waits for the first failure or for the end.
        var owner: CheckedContinuation<Bool, Never>?
    }

    private let entries = Mutex(Entries())

    /// Keeps an error that the body or a child threw, from within the task that threw it.
    ///
    /// Returns false if the error only answers a cancellation. A `CancellationError` without a cancellation is a
    /// failure like any other, for else it would be lost.
    @discardableResult
    func record(_ error: any Error) -> Bool {
        let taskIsCancelled = Task.isCancelled
        let (isFailure, owner) = entries.withLock { entries -> (Bool, CheckedContinuation<Bool, Never>?) in
            // The group cancels a failed child's siblings before it cancels the trunk, so the flag of the task alone
            // would take the trunk's answer for a failure.
            if error is CancellationError, taskIsCancelled || entries.isCancelled || !entries.failures.isEmpty {
                entries.gaveUp = true
                return (false, nil)
            }
            entries.failures.append(error)
            return (true, entries.owner.take())
        }
        owner?.resume(returning: true)
        return isFailure
    }

    /// Notes that the cancellation that follows is the nursery's own.
    func cancel() {
        entries.withLock { $0.isCancelled = true }
    }

    /// Notes that the trunk has ended, and with it all children.
    func close() {
        let owner = entries.withLock { entries in
            entries.isClosed = true
            return entries.owner.take()
        }
        owner?.resume(returning: false)
    }

    /// Waits for the first failure (true) or for the end of all (false), whichever comes first.
    ///
    /// Cancellation does not interrupt it: the task group carries it to the trunk, whose end ends this.
    func failedBeforeClosing() async -> Bool {
        await withCheckedContinuation { continuation in
            let answer = entries.withLock { entries -> Bool? in
                if !entries.failures.isEmpty { return true }
                if entries.isClosed { return false }
                entries.owner = continuation
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// The value of the nursery, or its error; called by its owner when everything has ended.
    func verdict<R>(on value: R?) throws -> R {
        let (failures, gaveUp) = entries.withLock { ($0.failures, $0.gaveUp) }
        try NurseryError.throwIfAny(failures)
        // Given up because the surrounding task was cancelled: the cancellation is passed on to the caller.
        if gaveUp, Task.isCancelled { throw CancellationError() }
        guard let value else { throw CancellationError() }
        return value
    }
}
