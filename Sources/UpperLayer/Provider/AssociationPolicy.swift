import Associations

/// What an association does beyond PS3.8 Table 9-10: every rule that decides which event comes next, and when.
///
/// A value without clock, socket or task, as the state machine is: an input goes in, a ``Decision`` comes out, and the
/// handler performs it. Table 9-10 knows neither a transport connection of which one direction has ended, nor a
/// response that is given before its time, nor a node that stops; those are the state of this value.
struct AssociationPolicy: Equatable {
    /// What happens to an association.
    enum Input: Equatable {
        /// Bytes have come from the peer.
        case bytes(count: Int)
        /// A P-DATA-TF begins.
        case dataTF
        /// The user asks for release, or the association is idle.
        case releaseRequest
        /// The user has finished; `isFlushed`: all that was written is with the kernel.
        case releaseResponse(isFlushed: Bool)
        /// The user, or a deadline, aborts.
        case abortRequest
        /// The channel is to be closed by this side.
        case closeRequest
        /// The node stops.
        case stopRequest
        /// Others need the connection's place.
        case evictRequest
        /// The peer has shut down its sending: no byte follows.
        case endOfInput(isFlushed: Bool)
        /// All that was written is with the kernel.
        case flushed
        /// The state machine has entered this state.
        case entered
    }

    /// The events of Table 9-10 that a rule may call for: those without parameters.
    enum LocalEvent {
        case evt10, evt11, evt14, evt15

        var event: Event {
            switch self {
            case .evt10: .evt10
            case .evt11: .evt11
            case .evt14: .evt14
            case .evt15: .evt15
            }
        }
    }

    /// What is to be done.
    enum Decision: Equatable {
        /// Nothing, or nothing yet.
        case nothing
        /// The bytes are decoded; otherwise they are discarded.
        case decode
        /// Table 9-10 decides.
        case perform(LocalEvent)
        /// The user is told that the peer asks for nothing more.
        case indicateRelease
        /// Say that no more will be sent, and wait for the peer to close.
        case closeOutput
        /// Close the transport connection without a PDU.
        case close
        /// The transport connection counts as closed by the peer (Evt17), and is closed.
        case end
    }

    let role: Role
    /// The user's answer to a release was given before its time; it goes out when its time has come.
    private(set) var isResponseGiven = false
    /// The peer has shut down its sending.
    private(set) var isInputEnded = false
    private var discarded = 0

    init(role: Role) { self.role = role }

    mutating func decide(_ input: Input, in state: State) -> Decision {
        switch input {
        case .bytes(let count): bytes(count, state)
        case .dataTF: dataTF(state)
        case .releaseRequest: releaseRequest(state)
        case .releaseResponse(let isFlushed): releaseResponse(state, isFlushed)
        case .abortRequest: abortRequest(state)
        case .closeRequest: closeRequest(state)
        case .stopRequest: state == .sta2 ? .close : .nothing
        case .evictRequest: evictRequest(state)
        case .endOfInput(let isFlushed): endOfInput(state, isFlushed)
        case .flushed: flushed(state)
        case .entered: entered(state)
        }
    }

    /// After our last PDU the peer's bytes mean nothing: they are read, so that the PDU is not destroyed by a reset,
    /// and not for ever.
    private mutating func bytes(_ count: Int, _ state: State) -> Decision {
        guard case .sta13 = state else { return Self.isOpen(in: state) ? .decode : .nothing }
        discarded += count
        return discarded > UpperLayerLimits.discardedBytes ? .close : .nothing
    }

    /// An acceptor that has asked for release takes no data: nothing is filed (PS3.8 §7.2.2.5 leaves it to the user).
    private func dataTF(_ state: State) -> Decision {
        .perform(state == .sta7 && role == .acceptor ? .evt15 : .evt10)
    }

    private func releaseRequest(_ state: State) -> Decision {
        // A request that crosses the end must not take the place of the timer that closes the connection, and a peer
        // that has shut down its sending cannot answer one.
        state == .sta6 && !isInputEnded ? .perform(.evt11) : .nothing
    }

    private mutating func releaseResponse(_ state: State, _ isFlushed: Bool) -> Decision {
        switch state {
        case .sta10:
            // A collision: the requestor answers first (PS3.8 §7.2.2.7). Ours goes out in Sta12.
            isResponseGiven = true
            return .nothing
        case .sta6 where isInputEnded:
            // Nothing is owed any more; what was answered must reach the kernel first.
            isResponseGiven = true
            return isFlushed ? .end : .nothing
        default:
            return .perform(.evt14)
        }
    }

    private func abortRequest(_ state: State) -> Decision {
        switch state {
        case .sta1, .sta2, .sta13: .nothing
        case .sta3, .sta4, .sta5, .sta6, .sta7, .sta8, .sta9, .sta10, .sta11, .sta12: .perform(.evt15)
        }
    }

    /// A local close is Evt15 wherever Table 9-10 defines it, so that cancellation, a thrown error and a bug all end
    /// the same way.
    private func closeRequest(_ state: State) -> Decision {
        switch state {
        case .sta1, .sta2, .sta4:
            // No association yet: Table 9-10 has no Evt15 for Sta1 and Sta2, and nothing to say in Sta4.
            .close
        case .sta13: .nothing
        case .sta6 where isResponseGiven, .sta10 where isResponseGiven:
            // The user has said all it has to say; what is awaited has a deadline.
            .nothing
        case .sta3, .sta5, .sta6, .sta7, .sta8, .sta9, .sta10, .sta11, .sta12: .perform(.evt15)
        }
    }

    /// A connection without association costs its peer nothing, so that what this side has still to say is not waited
    /// for either.
    private func evictRequest(_ state: State) -> Decision {
        switch state {
        case .sta1, .sta2, .sta4, .sta13: .close
        case .sta3, .sta5, .sta6, .sta7, .sta8, .sta9, .sta10, .sta11, .sta12: .perform(.evt15)
        }
    }

    /// The end of the peer's input is the end of the transport connection (Evt17) only when nothing is owed to the
    /// peer.
    private mutating func endOfInput(_ state: State, _ isFlushed: Bool) -> Decision {
        isInputEnded = true
        switch state {
        case .sta1, .sta2, .sta4, .sta5, .sta7, .sta9, .sta10, .sta11:
            // The peer owes a PDU that cannot come.
            return .end
        case .sta3, .sta6:
            // The user answers what it has been asked, and then there is nothing more.
            return .indicateRelease
        case .sta8, .sta12:
            // The user has been told of the release, and answers it.
            return .nothing
        case .sta13:
            return isFlushed ? .end : .nothing
        }
    }

    private func flushed(_ state: State) -> Decision {
        switch state {
        case .sta6 where isInputEnded && isResponseGiven: .end
        // Our last PDU is with the kernel: now, and not before, say that no more will come. Closing outright with input
        // unread would send RST, which can destroy the PDU on its way.
        case .sta13: .closeOutput
        default: .nothing
        }
    }

    private mutating func entered(_ state: State) -> Decision {
        guard state == .sta12, isResponseGiven else { return .nothing }
        isResponseGiven = false
        return .perform(.evt14)
    }
}

// Rules that ask for a fact, and change nothing.
extension AssociationPolicy {
    /// Fragments of data are for the user; in other states they are dropped.
    static func takesData(in state: State) -> Bool {
        if case .sta6 = state { true } else { false }
    }

    /// The user may send data. In Sta8 too, because AR-7 answers what was asked before the release.
    static func sendsData(in state: State) -> Bool {
        switch state {
        case .sta6, .sta8: true
        case .sta1, .sta2, .sta3, .sta4, .sta5, .sta7, .sta9, .sta10, .sta11, .sta12, .sta13: false
        }
    }

    /// Bytes are decoded until the association is over.
    static func isOpen(in state: State) -> Bool {
        switch state {
        case .sta1, .sta13: false
        case .sta2, .sta3, .sta4, .sta5, .sta6, .sta7, .sta8, .sta9, .sta10, .sta11, .sta12: true
        }
    }

    /// Which A-ASSOCIATE PDU may come: no other is waited for, so that no peer makes us hold one out of turn.
    static func expectedAssociatePDU(in state: State) -> PDUDecoder.ExpectedAssociatePDU {
        switch state {
        case .sta2: .request
        case .sta5: .answer
        case .sta1, .sta3, .sta4, .sta6, .sta7, .sta8, .sta9, .sta10, .sta11, .sta12, .sta13: .none
        }
    }

    /// The peer may still send what this side waits for.
    func expectsBytes(in state: State) -> Bool { state == .sta6 && !isInputEnded }

    /// An acceptor does not write while the peer still sends, because the peer may close without having read: a byte
    /// that then reaches it makes its kernel drop what it has not sent yet.
    ///
    /// - Parameters:
    ///   - isReadWithheld: This side has not asked for more, so that input may be unread.
    ///   - isWithinMessage: The peer has begun a message, and not ended it.
    func holdsResponses(in state: State, isReadWithheld: Bool, isWithinMessage: Bool) -> Bool {
        (isReadWithheld || isWithinMessage) && role == .acceptor && state == .sta6 && !isInputEnded
    }
}
