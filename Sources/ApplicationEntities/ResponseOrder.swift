import Associations
import DIMSE
import NIOCore
import Synchronization

/// The operations of one association whose response has not gone out: bounds their number, and puts the responses in
/// the order of the requests unless an asynchronous operations window was negotiated (PS3.7 Annex D.3.3.3).
///
/// Called by the association's tasks, of which one runs at a time: between a suspension and the next, nothing else
/// does.
final class ResponseOrder: Sendable {
    /// The place of one request in the order.
    struct Ticket: Sendable {
        fileprivate let number: UInt64
        fileprivate let messageID: UInt16
    }

    private struct State {
        var issued: UInt64 = 0
        /// The ticket whose response goes out next.
        var head: UInt64 = 0
        /// Responses that wait for an earlier one.
        var ready: [UInt64: [DataTF]] = [:]
        var isWriting = false
        var messageIDs: Set<UInt16> = []
        var waiting: UnsafeContinuation<Void, Never>?
    }

    private let state: Mutex<State>
    private let activity: SharedActivity
    private let connection: AssociationConnection
    private let isOrdered: Bool
    private let limit: Int

    init(connection: AssociationConnection, activity: SharedActivity, isOrdered: Bool, limit: Int) {
        self.state = Mutex(State())
        self.activity = activity
        self.connection = connection
        self.isOrdered = isOrdered
        self.limit = limit
    }

    /// There is no place for one more request.
    var isFull: Bool { self.activity.value.operations >= self.limit }

    /// Waits for a place.
    ///
    /// Only the reading loop calls this, so that at most one task waits. It cannot wait for ever, because
    /// operations end.
    func place() async {
        guard self.isFull else { return }
        await withUnsafeContinuation { waiting in self.state.withLock { $0.waiting = waiting } }
    }

    /// Takes a place for a request. nil: its Message ID is still outstanding (0210H, PS3.7 Annex C.5.5).
    func begin(_ messageID: UInt16) -> Ticket? {
        guard self.state.withLock({ $0.messageIDs.insert(messageID).inserted }) else { return nil }
        return self.issue(messageID)
    }

    /// A place for the refusal of a duplicate.
    func beginRefusal(_ messageID: UInt16) -> Ticket { self.issue(messageID) }

    private func issue(_ messageID: UInt16) -> Ticket {
        self.activity.value.operations += 1
        return self.state.withLock { state in
            defer { state.issued += 1 }
            return Ticket(number: state.issued, messageID: messageID)
        }
    }

    /// Sends the response, or leaves it to the sender of the one before.
    ///
    /// *Errors*: none; if the association has ended, the response is dropped, because no peer is left to read it.
    func finish(_ ticket: Ticket, with response: [DataTF]) async {
        let isNext = self.state.withLock { state in
            state.messageIDs.remove(ticket.messageID)
            guard self.isOrdered else { return true }
            let isNext = ticket.number == state.head && !state.isWriting
            if isNext { state.isWriting = true } else { state.ready[ticket.number] = response }
            return isNext
        }
        guard isNext else { return }
        await self.write(response)
        while let next = self.next() { await self.write(next) }
    }

    /// The response after the one that has just been written, if it is there: then it is the caller's to write.
    private func next() -> [DataTF]? {
        guard self.isOrdered else { return nil }
        return self.state.withLock { state in
            state.head += 1
            let next = state.ready.removeValue(forKey: state.head)
            state.isWriting = next != nil
            return next
        }
    }

    private func write(_ response: [DataTF]) async {
        try? await self.connection.write(.data(response))
        // Only now is its place free: a peer that never reads must not find room for ever more operations.
        self.activity.value.operations -= 1
        self.state.withLock { $0.waiting.take() }?.resume()
    }
}
