import Associations

/// What PS3.8 Tables 9-6 to 9-9 say each action does, in the order of those tables.
struct ExpectedEffects {
    var next: State
    var artim = ARTIM.unchanged
    var pdu: PDU?
    var indication: Indication?
    var transport = TransportEffect.keep

    private init(
        _ next: State,
        artim: ARTIM = .unchanged,
        pdu: PDU? = nil,
        indication: Indication? = nil,
        transport: TransportEffect = .keep
    ) {
        self.next = next
        self.artim = artim
        self.pdu = pdu
        self.indication = indication
        self.transport = transport
    }

    /// - Returns: nil if the action does not go with the event.
    init?(_ action: Action, _ event: Event, _ role: Role) {
        switch (action, event) {
        // Association establishment, Table 9-6.
        case (.ae1, .evt1): self.init(.sta4, transport: .open)
        case (.ae2, .evt2): self.init(.sta5, pdu: .associateRQ(Sample.request))
        case (.ae3, .evt3(let answer)): self.init(.sta6, indication: .associateAccepted(answer))
        case (.ae4, .evt4(let rejection)):
            self.init(.sta1, indication: .associateRejected(rejection), transport: .close)
        case (.ae5, .evt5): self.init(.sta2, artim: .start)
        case (.ae6, .evt6(let request, nil)): self.init(.sta3, artim: .stop, indication: .associate(request))
        case (.ae6, .evt6(_, let rejection?)): self.init(.sta13, artim: .start, pdu: .associateRJ(rejection))
        case (.ae7, .evt7(let answer)): self.init(.sta6, pdu: .associateAC(answer))
        case (.ae8, .evt8(let rejection)): self.init(.sta13, artim: .start, pdu: .associateRJ(rejection))
        // Data transfer, Table 9-7.
        case (.dt1, .evt9(let data)): self.init(.sta6, pdu: .dataTF(data))
        case (.dt2, .evt10): self.init(.sta6, indication: .data)
        // Association release, Table 9-8.
        case (.ar1, .evt11): self.init(.sta7, pdu: .releaseRQ)
        case (.ar2, .evt12): self.init(.sta8, indication: .release)
        case (.ar3, .evt13): self.init(.sta1, indication: .releaseConfirmed, transport: .close)
        case (.ar4, .evt14): self.init(.sta13, artim: .start, pdu: .releaseRP)
        case (.ar5, .evt17): self.init(.sta1, artim: .stop)
        case (.ar6, .evt10): self.init(.sta7, indication: .data)
        case (.ar7, .evt9(let data)): self.init(.sta8, pdu: .dataTF(data))
        case (.ar8, .evt12): self.init(role == .requestor ? .sta9 : .sta10, indication: .release)
        case (.ar9, .evt14): self.init(.sta11, pdu: .releaseRP)
        case (.ar10, .evt13): self.init(.sta12, indication: .releaseConfirmed)
        // Association abort, Table 9-9.
        case (.aa1, _): self.init(.sta13, artim: .start, pdu: .abort(Abort(source: .serviceUser, reason: 0)))
        case (.aa2, _): self.init(.sta1, artim: .stop, transport: .close)
        // An A-P-ABORT indication if the peer's service-provider aborted, else an A-ABORT indication.
        case (.aa3, .evt16(let abort)) where abort.source.rawValue == 2:
            self.init(
                .sta1,
                indication: .providerAborted(ProviderAbortReason(rawValue: abort.reason) ?? .notSpecified),
                transport: .close
            )
        case (.aa3, .evt16(let abort)): self.init(.sta1, indication: .aborted(abort), transport: .close)
        case (.aa4, .evt17): self.init(.sta1, indication: .providerAborted(.notSpecified))
        case (.aa5, .evt17): self.init(.sta1, artim: .stop)
        case (.aa6, _): self.init(.sta13)
        case (.aa7, _): self.init(.sta13, pdu: Self.providerAbort(event))
        case (.aa8, _):
            self.init(
                .sta13,
                artim: .start,
                pdu: Self.providerAbort(event),
                indication: .providerAborted(Self.reason(event))
            )
        default: return nil
        }
    }

    /// Evt19 brings its reason; any other PDU was a known one that was not expected.
    private static func reason(_ event: Event) -> ProviderAbortReason {
        if case .evt19(let reason) = event { reason } else { .unexpectedPDU }
    }

    private static func providerAbort(_ event: Event) -> PDU {
        .abort(Abort(source: .init(rawValue: 2), reason: reason(event).rawValue))
    }
}
