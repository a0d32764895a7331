import NIOCore
import Synchronization

/// Associations that have been accepted and are not served yet: from the event loops of their channels to the task that
/// starts serving them.
///
/// Cancellation does not end it, because what has been accepted is to be served until its channel is closed; the
/// listener's end does.
///
/// *Resources*: holds what was appended until it is taken. `Admission` bounds the connections.
final class AcceptQueue: Sendable {
    private struct State {
        var associations = CircularBuffer<AcceptedAssociation>()
        var waiting: UnsafeContinuation<AcceptedAssociation?, Never>?
        var isFinished = false
    }

    private let state = Mutex(State())

    /// Adds an association; called on its event loop.
    ///
    /// *Errors*: `ChannelError.ioOnClosedChannel` if the listener has been closed: the association is not served.
    func append(_ association: AcceptedAssociation) throws {
        let waiting = try state.withLock { state in
            if state.isFinished { throw ChannelError.ioOnClosedChannel }
            if state.waiting == nil { state.associations.append(association) }
            return state.waiting.take()
        }
        waiting?.resume(returning: association)
    }

    /// The listener has been closed: nothing follows.
    func finish() {
        let waiting = state.withLock { state in
            state.isFinished = true
            return state.waiting.take()
        }
        waiting?.resume(returning: nil)
    }

    /// The next association; nil when all have been taken and none will follow. One task calls it.
    func next() async -> AcceptedAssociation? {
        if let association = state.withLock({ $0.associations.popFirst() }) { return association }
        return await withUnsafeContinuation { waiting in
            let taken = state.withLock { state -> AcceptedAssociation?? in
                if let association = state.associations.popFirst() { return .some(association) }
                if state.isFinished { return .some(nil) }
                state.waiting = waiting
                return .none
            }
            if let taken { waiting.resume(returning: taken) }
        }
    }
}
