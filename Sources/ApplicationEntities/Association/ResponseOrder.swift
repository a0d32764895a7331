import NIOCore
import Nursery
import ServiceClasses
import Synchronization
import UpperLayer

/// The operations of one association whose last response has not gone out: bounds their number, and puts the responses
/// in the order of the requests unless an asynchronous operations window was negotiated (PS3.7 §D.3.3.3).
///
/// Called by the association's tasks, of which one runs at a time: between a suspension and the next, nothing else
/// does.
final class ResponseOrder: Sendable {
    /// One request's place in the order.
    struct Ticket: Sendable {
        fileprivate let number: UInt64
        /// nil for the refusal of a duplicate: the Message ID is another operation's.
        fileprivate let messageID: UInt16?
        let contextID: UInt8
    }

    private struct State {
        var issued: UInt64 = 0
        /// The ticket whose responses go out now.
        var head: UInt64 = 0
        /// Last responses that wait for an earlier one.
        var ready: [UInt64: (Message, contextID: UInt8)] = [:]
        /// Operations that wait with a pending response until their ticket is the head.
        var turns: [UInt64: [UnsafeContinuation<Void, Never>]] = [:]
        var isWriting = false
        /// The outstanding Message IDs, with what C-CANCEL cancels.
        var outstanding: [UInt16: CancelScope?] = [:]
        /// The reading loop, which waits for a place.
        var reader: UnsafeContinuation<Void, Never>?
    }

    private let state: Mutex<State>
    private let activity: SharedActivity
    private let sender: MessageSender
    private let isOrdered: Bool
    private let limit: Int

    init(sender: MessageSender, activity: SharedActivity, isOrdered: Bool, limit: Int) {
        state = Mutex(State())
        self.activity = activity
        self.sender = sender
        self.isOrdered = isOrdered
        self.limit = limit
    }

    /// There is no place for one more request.
    var isFull: Bool { activity.value.operations >= limit }

    /// Waits for a place. Only the reading loop calls this. It cannot wait for ever, because operations end.
    func place() async {
        guard isFull else { return }
        await withUnsafeContinuation { reader in state.withLock { $0.reader = reader } }
    }

    /// Takes a place for a request. nil: its Message ID is still outstanding (0210H, PS3.7 §C.5.5).
    func begin(_ messageID: UInt16, on contextID: UInt8) -> Ticket? {
        let isNew = state.withLock { state in
            guard state.outstanding[messageID] == nil else { return false }
            state.outstanding[messageID] = .some(nil)
            return true
        }
        return isNew ? issue(messageID, contextID) : nil
    }

    /// A place for the refusal of a duplicate.
    func beginRefusal(on contextID: UInt8) -> Ticket { issue(nil, contextID) }

    private func issue(_ messageID: UInt16?, _ contextID: UInt8) -> Ticket {
        activity.value.operations += 1
        return state.withLock { state in
            defer { state.issued += 1 }
            return Ticket(number: state.issued, messageID: messageID, contextID: contextID)
        }
    }

    /// Lets a C-CANCEL for this request cancel `scope`.
    func setScope(_ scope: CancelScope, of ticket: Ticket) {
        guard let messageID = ticket.messageID else { return }
        state.withLock { $0.outstanding[messageID] = .some(scope) }
    }

    /// C-CANCEL (PS3.7 §9.3.2.3): one for an operation that has ended, or cannot be cancelled, is ignored.
    func cancel(_ messageID: UInt16) {
        state.withLock { $0.outstanding[messageID] ?? nil }?.cancel()
    }

    /// The association has ended: what can be cancelled has no one to answer.
    func cancelAll() {
        for scope in state.withLock({ $0.outstanding.values.compactMap { $0 } }) { scope.cancel() }
    }

    /// Sends a response that is not the last one, when those to earlier requests have gone out.
    ///
    /// *Errors*: none; if the association has ended, nothing is sent.
    func pending(_ response: Message, _ ticket: Ticket) async {
        await withUnsafeContinuation { turn in
            let isNow = state.withLock { state in
                guard isOrdered, ticket.number > state.head else { return true }
                state.turns[ticket.number, default: []].append(turn)
                return false
            }
            if isNow { turn.resume() }
        }
        try? await sender.send(response, on: ticket.contextID)
    }

    /// Sends the last response, or leaves it to the sender of the one before.
    ///
    /// *Errors*: none; if the association has ended, nothing is sent.
    func final(_ response: Message, _ ticket: Ticket) async {
        let isNext = state.withLock { state in
            if let messageID = ticket.messageID { state.outstanding[messageID] = nil }
            guard isOrdered else { return true }
            let isNext = ticket.number == state.head && !state.isWriting
            if isNext { state.isWriting = true } else { state.ready[ticket.number] = (response, ticket.contextID) }
            return isNext
        }
        guard isNext else { return }
        await write(response, on: ticket.contextID)
        while let (next, contextID) = next() { await write(next, on: contextID) }
    }

    /// The response after the one that has just been written, if it is there: then it is the caller's to write.
    private func next() -> (Message, contextID: UInt8)? {
        guard isOrdered else { return nil }
        let (next, turns) = state.withLock { state in
            state.head += 1
            let next = state.ready.removeValue(forKey: state.head)
            state.isWriting = next != nil
            return (next, state.turns.removeValue(forKey: state.head) ?? [])
        }
        for turn in turns { turn.resume() }
        return next
    }

    private func write(_ response: Message, on contextID: UInt8) async {
        try? await sender.send(response, on: contextID)
        // Only now is its place free: a peer that never reads must not find room for ever more operations.
        activity.value.operations -= 1
        state.withLock { $0.reader.take() }?.resume()
    }
}
