import Associations
import DIMSE
import NIOCore

/// The operations of one association whose response has not gone out: bounds their number, and puts the responses in the
/// order of the requests unless an asynchronous operations window was negotiated (PS3.7 Annex D.3.3.3).
///
/// Lives on the association's event loop, like everyone who calls it. Between a suspension and the next, nothing else runs.
struct ResponseOrder: Sendable {
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

    private let state: NIOLoopBoundBox<State>
    private let activity: SharedActivity
    private let connection: AssociationConnection
    private let isOrdered: Bool
    private let limit: Int

    init(connection: AssociationConnection, activity: SharedActivity, isOrdered: Bool, limit: Int) {
        self.state = NIOLoopBoundBox(State(), eventLoop: connection.channel.eventLoop)
        self.activity = activity
        self.connection = connection
        self.isOrdered = isOrdered
        self.limit = limit
    }

    /// There is no place for one more request.
    var isFull: Bool { self.activity.value.operations >= self.limit }

    /// Waits for a place.
    ///
    /// Only the reading loop calls this, so that there is one who waits at the most. It cannot wait for ever: operations end.
    func place() async {
        guard self.isFull else { return }
        await withUnsafeContinuation { self.state.value.waiting = $0 }
    }

    /// Takes a place for a request. nil: its Message ID is still outstanding (0210H, PS3.7 Annex C.5.5).
    func begin(_ messageID: UInt16) -> Ticket? {
        guard self.state.value.messageIDs.insert(messageID).inserted else { return nil }
        return self.issue(messageID)
    }

    /// A place for the refusal of a duplicate.
    func beginRefusal(_ messageID: UInt16) -> Ticket { self.issue(messageID) }

    private func issue(_ messageID: UInt16) -> Ticket {
        let ticket = Ticket(number: self.state.value.issued, messageID: messageID)
        self.state.value.issued += 1
        self.activity.value.operations += 1
        return ticket
    }

    /// Sends the response, or leaves it to the sender of the one before.
    ///
    /// *Errors*: none; if the association is gone, so is whoever wanted the response.
    func finish(_ ticket: Ticket, with response: [DataTF]) async {
        self.state.value.messageIDs.remove(ticket.messageID)
        if !self.isOrdered {
            await self.write(response)
        } else if ticket.number == self.state.value.head, !self.state.value.isWriting {
            await self.writeInOrder(response)
        } else {
            self.state.value.ready[ticket.number] = response
        }
    }

    private func writeInOrder(_ first: [DataTF]) async {
        self.state.value.isWriting = true
        var response: [DataTF]? = first
        while let next = response {
            self.state.value.head += 1
            await self.write(next)
            response = self.state.value.ready.removeValue(forKey: self.state.value.head)
        }
        self.state.value.isWriting = false
    }

    private func write(_ response: [DataTF]) async {
        try? await self.connection.write(.data(response))
        // Only now is its place free: a peer that never reads must not find room for ever more operations.
        self.activity.value.operations -= 1
        self.state.value.waiting.take()?.resume()
    }
}
