// The PDUs without a variable field: four bytes of body (PS3.8 Tables 9-21, 9-24, 9-25, 9-26).

extension PDUType {
    /// The PDU of this type with the given body; `nil` for types that have a variable field.
    func fixedPDU(_ body: UInt32) -> PDU? {
        let second = UInt8(truncatingIfNeeded: body >> 16)
        let third = UInt8(truncatingIfNeeded: body >> 8)
        let fourth = UInt8(truncatingIfNeeded: body)
        return switch self {
        case .associateRJ:
            .associateRJ(AssociateRJ(result: .init(rawValue: second), source: .init(rawValue: third), reason: fourth))
        case .releaseRQ: .releaseRQ
        case .releaseRP: .releaseRP
        case .abort: .abort(Abort(source: .init(rawValue: third), reason: fourth))
        case .associateRQ, .associateAC, .dataTF: nil
        }
    }
}

extension AssociateRJ {
    /// Reserved, result, source, reason.
    var body: UInt32 { UInt32(result.rawValue) << 16 | UInt32(source.rawValue) << 8 | UInt32(reason) }
}

extension Abort {
    /// Reserved, reserved, source, reason.
    var body: UInt32 { UInt32(source.rawValue) << 8 | UInt32(reason) }
}
