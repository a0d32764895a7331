/// The value of Command Field (0000,0100), PS3.7 Annex E. Bit 8000H marks a response.
package struct CommandField: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The value on the wire.
    package let rawValue: UInt16

    /// A command field of this value, known or not.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// C-STORE-RQ.
    package static let cStoreRQ = CommandField(rawValue: 0x0001)
    /// C-STORE-RSP.
    package static let cStoreRSP = CommandField(rawValue: 0x8001)
    /// C-ECHO-RQ.
    package static let cEchoRQ = CommandField(rawValue: 0x0030)
    /// C-ECHO-RSP.
    package static let cEchoRSP = CommandField(rawValue: 0x8030)
    /// N-EVENT-REPORT-RQ.
    package static let nEventReportRQ = CommandField(rawValue: 0x0100)
    /// N-EVENT-REPORT-RSP.
    package static let nEventReportRSP = CommandField(rawValue: 0x8100)
    /// N-ACTION-RQ.
    package static let nActionRQ = CommandField(rawValue: 0x0130)
    /// N-ACTION-RSP.
    package static let nActionRSP = CommandField(rawValue: 0x8130)
    /// C-CANCEL-RQ.
    package static let cCancelRQ = CommandField(rawValue: 0x0FFF)

    /// A response: it is not answered.
    package var isResponse: Bool { rawValue & 0x8000 != 0 }

    /// The command field of the response to this request.
    package var response: CommandField { CommandField(rawValue: rawValue | 0x8000) }

    /// The standard's name, or the number in hexadecimal.
    package var description: String {
        switch self {
        case .cStoreRQ: "C-STORE-RQ"
        case .cStoreRSP: "C-STORE-RSP"
        case .cEchoRQ: "C-ECHO-RQ"
        case .cEchoRSP: "C-ECHO-RSP"
        case .cCancelRQ: "C-CANCEL-RQ"
        case .nEventReportRQ: "N-EVENT-REPORT-RQ"
        case .nEventReportRSP: "N-EVENT-REPORT-RSP"
        case .nActionRQ: "N-ACTION-RQ"
        case .nActionRSP: "N-ACTION-RSP"
        default: "command " + Status(rawValue: rawValue).description
        }
    }
}
