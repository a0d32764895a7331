/// The events of PS3.8 Table 9-10. The large payloads are indirect, so that Evt10 costs a few bytes.
package enum Event: Equatable, Sendable, CustomStringConvertible {
    /// A-ASSOCIATE request primitive.
    indirect case evt1(AssociateRQ)
    /// Transport connection confirmed.
    case evt2
    /// A-ASSOCIATE-AC received.
    indirect case evt3(AssociateAC)
    /// A-ASSOCIATE-RJ received.
    case evt4(AssociateRJ)
    /// Transport connection indication.
    case evt5
    /// A-ASSOCIATE-RQ received. `rejection` is the service-provider's own, if the request is not acceptable to it
    /// (AE-6).
    indirect case evt6(AssociateRQ, rejection: AssociateRJ?)
    /// A-ASSOCIATE response primitive: accept.
    indirect case evt7(AssociateAC)
    /// A-ASSOCIATE response primitive: reject.
    case evt8(AssociateRJ)
    /// P-DATA request primitive.
    case evt9(DataTF)
    /// P-DATA-TF received.
    case evt10
    /// A-RELEASE request primitive.
    case evt11
    /// A-RELEASE-RQ received.
    case evt12
    /// A-RELEASE-RP received.
    case evt13
    /// A-RELEASE response primitive.
    case evt14
    /// A-ABORT request primitive.
    case evt15
    /// A-ABORT received.
    case evt16(Abort)
    /// Transport connection closed.
    case evt17
    /// ARTIM expired.
    case evt18
    /// Unrecognized or invalid PDU received.
    case evt19(ProviderAbortReason)

    /// 1 to 19.
    package var number: Int {
        switch self {
        case .evt1: 1
        case .evt2: 2
        case .evt3: 3
        case .evt4: 4
        case .evt5: 5
        case .evt6: 6
        case .evt7: 7
        case .evt8: 8
        case .evt9: 9
        case .evt10: 10
        case .evt11: 11
        case .evt12: 12
        case .evt13: 13
        case .evt14: 14
        case .evt15: 15
        case .evt16: 16
        case .evt17: 17
        case .evt18: 18
        case .evt19: 19
        }
    }

    package var description: String { "Evt\(number)" }
}
