import Dispatch

/// A gate that opens once and stays open: how a test waits for another thread without sleeping.
package final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    /// A closed gate.
    package init() {}

    /// Opens the gate for all tasks that wait, now or later.
    package func open() {
        semaphore.signal()
    }

    /// Waits until the gate is open. False: it was still closed after `seconds`.
    package func wait(seconds: Double) -> Bool {
        guard semaphore.wait(timeout: .now() + seconds) == .success else { return false }
        semaphore.signal()
        return true
    }
}
