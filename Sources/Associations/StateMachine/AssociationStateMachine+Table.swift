// PS3.8 Table 9-10: one function for each state, one case for each action in it, every event in exactly one case. `nil`
// is an empty cell.

extension AssociationStateMachine {
    /// Idle.
    static func sta1(_ event: Event) -> Effects? {
        switch event {
        case .evt1: .ae1
        case .evt5: .ae5
        case .evt2, .evt3, .evt4, .evt6, .evt7, .evt8, .evt9, .evt10, .evt11, .evt12, .evt13, .evt14, .evt15, .evt16,
            .evt17, .evt18, .evt19:
            nil
        }
    }

    /// Awaiting A-ASSOCIATE-RQ.
    static func sta2(_ event: Event) -> Effects? {
        switch event {
        case .evt6(let request, let rejection): .ae6(request, rejection)
        case .evt3, .evt4, .evt10, .evt12, .evt13, .evt19: .aa1
        case .evt16, .evt18: .aa2
        case .evt17: .aa5
        case .evt1, .evt2, .evt5, .evt7, .evt8, .evt9, .evt11, .evt14, .evt15: nil
        }
    }

    /// Awaiting the local user's A-ASSOCIATE response.
    static func sta3(_ event: Event) -> Effects? {
        switch event {
        case .evt7(let answer): .ae7(answer)
        case .evt8(let rejection): .ae8(rejection)
        case .evt3, .evt4, .evt6, .evt10, .evt12, .evt13: .aa8(.unexpectedPDU)
        case .evt19(let reason): .aa8(reason)
        case .evt15: .aa1
        case .evt16(let abort): .aa3(abort)
        case .evt17: .aa4
        case .evt1, .evt2, .evt5, .evt9, .evt11, .evt14, .evt18: nil
        }
    }

    /// Awaiting the transport connection.
    static func sta4(_ event: Event, _ request: AssociateRQ?) -> Effects? {
        switch event {
        case .evt2: request.map { .ae2($0) }
        case .evt15: .aa2
        case .evt17: .aa4
        case .evt1, .evt3, .evt4, .evt5, .evt6, .evt7, .evt8, .evt9, .evt10, .evt11, .evt12, .evt13, .evt14, .evt16,
            .evt18, .evt19:
            nil
        }
    }

    /// Awaiting A-ASSOCIATE-AC or A-ASSOCIATE-RJ.
    static func sta5(_ event: Event) -> Effects? {
        switch event {
        case .evt3(let answer): .ae3(answer)
        case .evt4(let rejection): .ae4(rejection)
        case .evt6, .evt10, .evt12, .evt13: .aa8(.unexpectedPDU)
        case .evt19(let reason): .aa8(reason)
        case .evt15: .aa1
        case .evt16(let abort): .aa3(abort)
        case .evt17: .aa4
        case .evt1, .evt2, .evt5, .evt7, .evt8, .evt9, .evt11, .evt14, .evt18: nil
        }
    }

    /// Established.
    static func sta6(_ event: Event) -> Effects? {
        switch event {
        case .evt9(let data): .dt1(data)
        case .evt10: .dt2
        case .evt11: .ar1
        case .evt12: .ar2
        case .evt3, .evt4, .evt6, .evt13: .aa8(.unexpectedPDU)
        case .evt19(let reason): .aa8(reason)
        case .evt15: .aa1
        case .evt16(let abort): .aa3(abort)
        case .evt17: .aa4
        case .evt1, .evt2, .evt5, .evt7, .evt8, .evt14, .evt18: nil
        }
    }

    /// Awaiting A-RELEASE-RP.
    static func sta7(_ event: Event, _ role: Role) -> Effects? {
        switch event {
        case .evt10: .ar6
        case .evt12: .ar8(role)
        case .evt13: .ar3
        case .evt3, .evt4, .evt6: .aa8(.unexpectedPDU)
        case .evt19(let reason): .aa8(reason)
        case .evt15: .aa1
        case .evt16(let abort): .aa3(abort)
        case .evt17: .aa4
        case .evt1, .evt2, .evt5, .evt7, .evt8, .evt9, .evt11, .evt14, .evt18: nil
        }
    }

    /// Awaiting the local user's A-RELEASE response.
    static func sta8(_ event: Event) -> Effects? {
        switch event {
        case .evt9(let data): .ar7(data)
        case .evt14: .ar4
        case .evt3, .evt4, .evt6, .evt10, .evt12, .evt13: .aa8(.unexpectedPDU)
        case .evt19(let reason): .aa8(reason)
        case .evt15: .aa1
        case .evt16(let abort): .aa3(abort)
        case .evt17: .aa4
        case .evt1, .evt2, .evt5, .evt7, .evt8, .evt11, .evt18: nil
        }
    }

    /// Release collision, requestor: awaiting the local user's A-RELEASE response.
    static func sta9(_ event: Event) -> Effects? {
        switch event {
        case .evt14: .ar9
        case .evt3, .evt4, .evt6, .evt10, .evt12, .evt13: .aa8(.unexpectedPDU)
        case .evt19(let reason): .aa8(reason)
        case .evt15: .aa1
        case .evt16(let abort): .aa3(abort)
        case .evt17: .aa4
        case .evt1, .evt2, .evt5, .evt7, .evt8, .evt9, .evt11, .evt18: nil
        }
    }

    /// Release collision, acceptor: awaiting A-RELEASE-RP.
    static func sta10(_ event: Event) -> Effects? {
        switch event {
        case .evt13: .ar10
        case .evt3, .evt4, .evt6, .evt10, .evt12: .aa8(.unexpectedPDU)
        case .evt19(let reason): .aa8(reason)
        case .evt15: .aa1
        case .evt16(let abort): .aa3(abort)
        case .evt17: .aa4
        case .evt1, .evt2, .evt5, .evt7, .evt8, .evt9, .evt11, .evt14, .evt18: nil
        }
    }

    /// Release collision, requestor: awaiting A-RELEASE-RP.
    static func sta11(_ event: Event) -> Effects? {
        switch event {
        case .evt13: .ar3
        case .evt3, .evt4, .evt6, .evt10, .evt12: .aa8(.unexpectedPDU)
        case .evt19(let reason): .aa8(reason)
        case .evt15: .aa1
        case .evt16(let abort): .aa3(abort)
        case .evt17: .aa4
        case .evt1, .evt2, .evt5, .evt7, .evt8, .evt9, .evt11, .evt14, .evt18: nil
        }
    }

    /// Release collision, acceptor: awaiting the local user's A-RELEASE response.
    static func sta12(_ event: Event) -> Effects? {
        switch event {
        case .evt14: .ar4
        case .evt3, .evt4, .evt6, .evt10, .evt12, .evt13: .aa8(.unexpectedPDU)
        case .evt19(let reason): .aa8(reason)
        case .evt15: .aa1
        case .evt16(let abort): .aa3(abort)
        case .evt17: .aa4
        case .evt1, .evt2, .evt5, .evt7, .evt8, .evt9, .evt11, .evt18: nil
        }
    }

    /// Awaiting the close of the transport connection.
    static func sta13(_ event: Event) -> Effects? {
        switch event {
        case .evt3, .evt4, .evt10, .evt12, .evt13: .aa6
        case .evt6: .aa7(.unexpectedPDU)
        case .evt19(let reason): .aa7(reason)
        case .evt16, .evt18: .aa2
        case .evt17: .ar5
        case .evt1, .evt2, .evt5, .evt7, .evt8, .evt9, .evt11, .evt14, .evt15: nil
        }
    }
}
