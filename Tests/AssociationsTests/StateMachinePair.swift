import Associations

/// A requestor and an acceptor on one connection: every configuration the two can be in, and what can happen next.
///
/// Each direction is a first-in-first-out queue, as TCP is. A closed end receives no more; its peer finds the end of
/// the stream behind what was sent before.
struct StateMachinePair: Hashable, CustomStringConvertible {
    /// What a queue carries: as much of a PDU as the machines look at.
    enum Signal: Hashable { case rq, ac, rj, data, releaseRQ, releaseRP, abort, end }

    enum Connection: Hashable { case none, requested, open, closed }

    /// One side.
    struct End: Hashable {
        var state = State.sta1
        var connection = Connection.none
        var inbox: [Signal] = []
        var artimRuns = false
        /// It has begun its one association.
        var used = false
    }

    var requestor = End()
    var acceptor = End()

    /// Nothing is going on any more.
    var isOver: Bool {
        requestor.used && requestor.state == .sta1 && acceptor.state == .sta1 && requestor.connection == .closed
            && acceptor.connection != .open
    }

    var description: String { "requestor \(requestor)\nacceptor \(acceptor)" }

    /// One thing that can happen.
    struct Step {
        var role: Role
        var event: Event
        /// Not of the user's or the clock's own will: it happens for certain if nothing else does.
        var isCertain: Bool
        /// The user gives up, or a timer runs out.
        var isGivingUp: Bool
        var transition: Transition
        var next: StateMachinePair
    }

    subscript(role: Role) -> End {
        get { role == .requestor ? requestor : acceptor }
        set { if role == .requestor { requestor = newValue } else { acceptor = newValue } }
    }

    /// Everything that can happen now.
    ///
    /// *Errors*: an event for which a machine has no action, which no sequence may lead to.
    func steps() throws -> [Step] {
        var steps: [Step] = []
        if requestor.connection == .requested {
            // The transport opens, or does not.
            var opened = self
            opened.requestor.connection = .open
            opened.acceptor.connection = .open
            opened = try opened.performing(.evt5, .acceptor).next
            steps.append(try opened.performing(.evt2, .requestor, isCertain: true))
            var refused = self
            refused.requestor.connection = .closed
            steps.append(try refused.performing(.evt17, .requestor, isCertain: true))
        }
        for role in Role.allCases {
            let end = self[role]
            if end.connection == .open, let signal = end.inbox.first {
                var received = self
                received[role].inbox.removeFirst()
                if signal == .end { received[role].connection = .closed }
                for event in Self.events(of: signal) {
                    steps.append(try received.performing(event, role, isCertain: true))
                }
            }
            for event in userEvents(role) { steps.append(try performing(event, role)) }
            if end.artimRuns { steps.append(try performing(.evt18, role, isCertain: true, isGivingUp: true)) }
            if end.state != .sta1, end.state != .sta2, end.state != .sta13 {
                steps.append(try performing(.evt15, role, isGivingUp: true))
            }
        }
        return steps
    }

    /// What the local user may ask for.
    private func userEvents(_ role: Role) -> [Event] {
        let end = self[role]
        // Two values under way are as good as any number.
        let peerInbox = self[role == .requestor ? .acceptor : .requestor].inbox
        let data: [Event] = peerInbox.filter { $0 == .data }.count < 2 ? [.evt9(Sample.data)] : []
        return switch end.state {
        case .sta1: role == .requestor && !end.used ? [.evt1(Sample.request)] : []
        case .sta3: [.evt7(Sample.acceptance), .evt8(.noReasonGiven)]
        case .sta6: data + [.evt11]
        case .sta8: data + [.evt14]
        case .sta9, .sta12: [.evt14]
        case .sta2, .sta4, .sta5, .sta7, .sta10, .sta11, .sta13: []
        }
    }

    private static func events(of signal: Signal) -> [Event] {
        switch signal {
        case .rq: [.evt6(Sample.request, rejection: nil), .evt6(Sample.request, rejection: .temporaryCongestion)]
        case .ac: [.evt3(Sample.acceptance)]
        case .rj: [.evt4(.noReasonGiven)]
        case .data: [.evt10]
        case .releaseRQ: [.evt12]
        case .releaseRP: [.evt13]
        case .abort: [.evt16(.serviceUser)]
        case .end: [.evt17]
        }
    }

    private func performing(_ event: Event, _ role: Role, isCertain: Bool = false, isGivingUp: Bool = false) throws
        -> Step
    {
        var machine = AssociationStateMachine(role: role, state: self[role].state, request: Sample.request)
        let transition = try machine.handle(event)
        var next = self
        next[role].state = machine.state
        next[role].used = true
        switch transition.artim {
        case .unchanged: break
        case .start: next[role].artimRuns = true
        case .stop: next[role].artimRuns = false
        }
        let peer: Role = role == .requestor ? .acceptor : .requestor
        if let pdu = transition.pdu, self[role].connection == .open, next[peer].connection == .open {
            next[peer].inbox.append(Self.signal(pdu))
        }
        switch transition.transport {
        case .keep: break
        case .open: next[role].connection = .requested
        case .close: next.close(role, peer)
        }
        // The transport closed under it: what it had sent before is still delivered.
        if case .evt17 = event { next.close(role, peer) }
        return Step(
            role: role,
            event: event,
            isCertain: isCertain,
            isGivingUp: isGivingUp,
            transition: transition,
            next: next
        )
    }

    private mutating func close(_ role: Role, _ peer: Role) {
        self[role].connection = .closed
        self[role].inbox = []
        if self[peer].connection == .open, self[peer].inbox.last != .end { self[peer].inbox.append(.end) }
    }

    private static func signal(_ pdu: PDU) -> Signal {
        switch pdu {
        case .associateRQ: .rq
        case .associateAC: .ac
        case .associateRJ: .rj
        case .dataTF: .data
        case .releaseRQ: .releaseRQ
        case .releaseRP: .releaseRP
        case .abort: .abort
        }
    }
}
