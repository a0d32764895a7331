import DIMSE
import NIOCore
import ServiceClasses
import Synchronization
import UpperLayer

/// The requests that the node has made on one association, and the responses to them.
///
/// *Resources*: ``end(_:)`` ends every wait.
final class Invocations: Sendable {
    private struct State {
        var lastMessageID: UInt16 = 0
        var outstanding: [UInt16: Invocation] = [:]
        /// Message IDs whose last response has not come, and is not waited for.
        var abandoned: Set<UInt16> = []
        var end: AssociationEnd?

        func isTaken(_ messageID: UInt16) -> Bool {
            outstanding[messageID] != nil || abandoned.contains(messageID)
        }
    }

    /// What a response answers.
    enum Answered {
        case outstanding(Invocation)
        /// A request whose task has given up.
        case abandoned
        /// No request of ours.
        case unasked
    }

    private let state = Mutex(State())
    private let activity: SharedActivity
    private let channel: any Channel
    private let isWatched = Atomic(false)

    init(activity: SharedActivity, channel: any Channel) {
        self.activity = activity
        self.channel = channel
    }

    /// How the association ended; nil while it has not.
    var end: AssociationEnd? { state.withLock { $0.end } }

    /// A request under a Message ID that no other of ours has (PS3.7 §9.1.1.1.1); ``close(_:)`` must follow.
    ///
    /// *Errors*: ``RequestorError/ended(_:)`` if the association has ended; ``RequestorError/unanswered(_:)`` if too
    /// many requests have no last response, because their Message IDs stay taken.
    func open() throws -> Invocation {
        // Not by the reading loop alone, because that may wait for what waits for a response.
        if !isWatched.exchange(true, ordering: .relaxed) {
            channel.closeFuture.whenComplete { _ in self.end(self.activity.end ?? .transportClosed) }
        }
        let invocation = try state.withLock { state in
            if let end = state.end { throw RequestorError.ended(end) }
            let unanswered = state.outstanding.count + state.abandoned.count
            guard unanswered < AcceptorLimits.invocations else { throw RequestorError.unanswered(unanswered) }
            repeat { state.lastMessageID &+= 1 } while state.isTaken(state.lastMessageID)
            let invocation = Invocation(messageID: state.lastMessageID)
            state.outstanding[state.lastMessageID] = invocation
            return invocation
        }
        activity.value.invocations += 1
        return invocation
    }

    /// The request has its last response, or none is waited for any more.
    func close(_ invocation: Invocation) {
        state.withLock { state in
            state.outstanding[invocation.messageID] = nil
            if !invocation.isAnswered { state.abandoned.insert(invocation.messageID) }
        }
        activity.value.invocations -= 1
        invocation.fail(CancellationError())
    }

    /// A response has come: what it answers.
    func received(_ response: Command) -> Answered {
        guard let messageID = response.messageIDBeingRespondedTo else { return .unasked }
        let isLast = response.status?.category != .pending
        return state.withLock { state in
            if let invocation = state.outstanding[messageID] {
                if isLast { invocation.hasLastResponse() }
                return .outstanding(invocation)
            }
            guard state.abandoned.contains(messageID) else { return .unasked }
            if isLast { state.abandoned.remove(messageID) }
            return .abandoned
        }
    }

    /// The association has ended: so has every wait for a response.
    func end(_ end: AssociationEnd) {
        let outstanding = state.withLock { state in
            state.end = state.end ?? end
            return state.outstanding.values
        }
        for invocation in outstanding { invocation.fail(RequestorError.ended(end)) }
    }
}

/// One request of the node's own, and its responses until they are taken.
final class Invocation: Sendable {
    private typealias Taker = UnsafeContinuation<Result<Message, any Error>, Never>
    private typealias Giver = UnsafeContinuation<Void, Never>

    private struct State {
        var responses = CircularBuffer<Message>(initialCapacity: 1)
        var failure: (any Error)?
        /// The task that made the request, which waits for a response.
        var taker: Taker?
        /// The reading loop, which waits until a response has been taken.
        var giver: Giver?
    }

    let messageID: UInt16
    private let state = Mutex(State())
    private let answered = Atomic(false)

    /// Its last response has come.
    var isAnswered: Bool { answered.load(ordering: .relaxed) }

    func hasLastResponse() { answered.store(true, ordering: .relaxed) }

    init(messageID: UInt16) {
        self.messageID = messageID
    }

    /// The next response, or why there will be none.
    ///
    /// *Errors*: ``RequestorError/ended(_:)`` if the association has ended, `CancellationError` if the task was
    /// cancelled.
    func response() async throws -> Message {
        try await withTaskCancellationHandler {
            try await withUnsafeContinuation { take(with: $0) }.get()
        } onCancel: {
            fail(CancellationError())
        }
    }

    private func take(with taker: Taker) {
        let (result, giver) = state.withLock { state -> (Result<Message, any Error>?, Giver?) in
            if let response = state.responses.popFirst() { return (.success(response), state.giver.take()) }
            if let failure = state.failure { return (.failure(failure), nil) }
            state.taker = taker
            return (nil, nil)
        }
        giver?.resume()
        if let result { taker.resume(returning: result) }
    }

    /// A response has come. Returns when there is room for the next one: a peer that sends pending responses faster
    /// than they are taken is slowed.
    func give(_ response: Message) async {
        await withUnsafeContinuation { give(response, with: $0) }
    }

    private func give(_ response: Message, with giver: Giver) {
        let (taker, hasRoom) = state.withLock { state -> (Taker?, Bool) in
            if let taker = state.taker.take() { return (taker, true) }
            guard state.failure == nil else { return (nil, true) }
            state.responses.append(response)
            guard state.responses.count >= AcceptorLimits.waitingResponses else { return (nil, true) }
            state.giver = giver
            return (nil, false)
        }
        taker?.resume(returning: .success(response))
        if hasRoom { giver.resume() }
    }

    /// There will be no further response.
    func fail(_ error: any Error) {
        let (taker, giver) = state.withLock { state in
            state.failure = state.failure ?? error
            return (state.taker.take(), state.giver.take())
        }
        giver?.resume()
        taker?.resume(returning: .failure(error))
    }
}
