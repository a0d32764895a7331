/// One action with what it does: the rows of PS3.8 Tables 9-6 to 9-9.
struct Effects {
    let action: Action
    let next: State
    var artim = ARTIM.unchanged
    var pdu: PDU?
    var indication: Indication?
    var transport = TransportEffect.keep
}

extension Transition {
    init(_ effects: Effects, event: Event, from: State) {
        action = effects.action
        artim = effects.artim
        pdu = effects.pdu
        indication = effects.indication
        transport = effects.transport
        self.from = from
        to = effects.next
        self.event = event.number
    }
}

// Table 9-6: association establishment.
extension Effects {
    static let ae1 = Effects(action: .ae1, next: .sta4, transport: .open)

    static func ae2(_ request: AssociateRQ) -> Effects {
        Effects(action: .ae2, next: .sta5, pdu: .associateRQ(request))
    }

    static func ae3(_ answer: AssociateAC) -> Effects {
        Effects(action: .ae3, next: .sta6, indication: .associateAccepted(answer))
    }

    static func ae4(_ rejection: AssociateRJ) -> Effects {
        Effects(action: .ae4, next: .sta1, indication: .associateRejected(rejection), transport: .close)
    }

    static let ae5 = Effects(action: .ae5, next: .sta2, artim: .start)

    static func ae6(_ request: AssociateRQ, _ rejection: AssociateRJ?) -> Effects {
        if let rejection {
            Effects(action: .ae6, next: .sta13, artim: .start, pdu: .associateRJ(rejection))
        } else {
            Effects(action: .ae6, next: .sta3, artim: .stop, indication: .associate(request))
        }
    }

    static func ae7(_ answer: AssociateAC) -> Effects {
        Effects(action: .ae7, next: .sta6, pdu: .associateAC(answer))
    }

    static func ae8(_ rejection: AssociateRJ) -> Effects {
        Effects(action: .ae8, next: .sta13, artim: .start, pdu: .associateRJ(rejection))
    }
}

// Table 9-7: data transfer.
extension Effects {
    static func dt1(_ data: DataTF) -> Effects { Effects(action: .dt1, next: .sta6, pdu: .dataTF(data)) }

    static let dt2 = Effects(action: .dt2, next: .sta6, indication: .data)
}

// Table 9-8: association release.
extension Effects {
    static let ar1 = Effects(action: .ar1, next: .sta7, pdu: .releaseRQ)

    static let ar2 = Effects(action: .ar2, next: .sta8, indication: .release)

    static let ar3 = Effects(action: .ar3, next: .sta1, indication: .releaseConfirmed, transport: .close)

    static let ar4 = Effects(action: .ar4, next: .sta13, artim: .start, pdu: .releaseRP)

    static let ar5 = Effects(action: .ar5, next: .sta1, artim: .stop)

    static let ar6 = Effects(action: .ar6, next: .sta7, indication: .data)

    static func ar7(_ data: DataTF) -> Effects { Effects(action: .ar7, next: .sta8, pdu: .dataTF(data)) }

    /// Release collision: the only action that asks for the role.
    static func ar8(_ role: Role) -> Effects {
        Effects(action: .ar8, next: role == .requestor ? .sta9 : .sta10, indication: .release)
    }

    static let ar9 = Effects(action: .ar9, next: .sta11, pdu: .releaseRP)

    static let ar10 = Effects(action: .ar10, next: .sta12, indication: .releaseConfirmed)
}

// Table 9-9: association abort.
extension Effects {
    static let aa1 = Effects(action: .aa1, next: .sta13, artim: .start, pdu: .abort(.serviceUser))

    static let aa2 = Effects(action: .aa2, next: .sta1, artim: .stop, transport: .close)

    static func aa3(_ abort: Abort) -> Effects {
        let indication: Indication =
            abort.source == .serviceProvider
            ? .providerAborted(ProviderAbortReason(rawValue: abort.reason) ?? .notSpecified) : .aborted(abort)
        return Effects(action: .aa3, next: .sta1, indication: indication, transport: .close)
    }

    static let aa4 = Effects(action: .aa4, next: .sta1, indication: .providerAborted(.notSpecified))

    static let aa5 = Effects(action: .aa5, next: .sta1, artim: .stop)

    static let aa6 = Effects(action: .aa6, next: .sta13)

    static func aa7(_ reason: ProviderAbortReason) -> Effects {
        Effects(action: .aa7, next: .sta13, pdu: .abort(.serviceProvider(reason)))
    }

    static func aa8(_ reason: ProviderAbortReason) -> Effects {
        Effects(
            action: .aa8,
            next: .sta13,
            artim: .start,
            pdu: .abort(.serviceProvider(reason)),
            indication: .providerAborted(reason)
        )
    }
}
