import Synchronization

/// Moves a value that cannot be copied into a child task, which a closure cannot do: it is put in once and taken
/// once.
///
/// *Resources*: a value that is not taken ends with the hand-off.
final class Handoff<Value: ~Copyable & Sendable>: Sendable {
    private let slot: Mutex<Value?>

    init(_ value: consuming sending Value) {
        self.slot = Mutex(value)
    }

    /// The value; nil from the second call on.
    func take() -> sending Value? {
        self.slot.withLock { $0.take() }
    }
}
