package import struct NIOCore.ByteBuffer

/// A command, as far as this node needs to understand it (PS3.7 §9, §10).
package enum Command: Equatable, Sendable {
    /// C-ECHO-RQ.
    case cEchoRQ(CEchoRQ)
    /// C-ECHO-RSP.
    case cEchoRSP(CEchoRSP)
    /// C-STORE-RQ.
    case cStoreRQ(CStoreRQ)
    /// C-STORE-RSP.
    case cStoreRSP(CStoreRSP)
    /// N-ACTION-RQ.
    case nActionRQ(NActionRQ)
    /// N-ACTION-RSP.
    case nActionRSP(NActionRSP)
    /// N-EVENT-REPORT-RQ.
    case nEventReportRQ(NEventReportRQ)
    /// N-EVENT-REPORT-RSP.
    case nEventReportRSP(NEventReportRSP)
    /// C-CANCEL-RQ. It has no response, and a stray one is ignored.
    case cCancelRQ(messageIDBeingRespondedTo: UInt16)
    /// Any other command. A request (`field` without bit 8000H) is to be refused, see `refusal(_:errorComment:)`.
    case other(CommandSet, field: UInt16)
    /// A request that cannot be performed but can be answered.
    case invalid(CommandSet, InvalidCommand)

    /// The value of its Command Field (0000,0100).
    package var field: CommandField {
        switch self {
        case .cEchoRQ: .cEchoRQ
        case .cEchoRSP: .cEchoRSP
        case .cStoreRQ: .cStoreRQ
        case .cStoreRSP: .cStoreRSP
        case .nActionRQ: .nActionRQ
        case .nActionRSP: .nActionRSP
        case .nEventReportRQ: .nEventReportRQ
        case .nEventReportRSP: .nEventReportRSP
        case .cCancelRQ: .cCancelRQ
        case .other(_, let field): CommandField(rawValue: field)
        case .invalid(_, let invalid): invalid.commandField
        }
    }

    /// The Message ID (0000,0110) of a request, nil for a response and for C-CANCEL.
    package var messageID: UInt16? {
        switch self {
        case .cEchoRQ(let request): request.messageID
        case .cStoreRQ(let request): request.messageID
        case .nActionRQ(let request): request.messageID
        case .nEventReportRQ(let request): request.messageID
        case .invalid(_, let invalid): invalid.messageID
        case .other(let set, let field):
            CommandField(rawValue: field).isResponse ? nil : set.unsignedShort(.messageID)
        case .cEchoRSP, .cStoreRSP, .nActionRSP, .nEventReportRSP, .cCancelRQ: nil
        }
    }

    /// The Message ID Being Responded To (0000,0120) of a response, or of a C-CANCEL: that of the request meant.
    package var messageIDBeingRespondedTo: UInt16? {
        switch self {
        case .cEchoRSP(let response): response.messageIDBeingRespondedTo
        case .cStoreRSP(let response): response.messageIDBeingRespondedTo
        case .nActionRSP(let response): response.messageIDBeingRespondedTo
        case .nEventReportRSP(let response): response.messageIDBeingRespondedTo
        case .cCancelRQ(let messageID): messageID
        case .other(let set, let field):
            CommandField(rawValue: field).isResponse ? set.unsignedShort(.messageIDBeingRespondedTo) : nil
        case .cEchoRQ, .cStoreRQ, .nActionRQ, .nEventReportRQ, .invalid: nil
        }
    }

    /// The Status (0000,0900) of a response; nil for a request, and for a response without one.
    package var status: Status? {
        switch self {
        case .cEchoRSP(let response): response.status
        case .cStoreRSP(let response): response.status
        case .nActionRSP(let response): response.status
        case .nEventReportRSP(let response): response.status
        case .other(let set, let field):
            CommandField(rawValue: field).isResponse ? set.unsignedShort(.status).map { Status(rawValue: $0) } : nil
        case .cEchoRQ, .cStoreRQ, .nActionRQ, .nEventReportRQ, .cCancelRQ, .invalid: nil
        }
    }

    /// The command set to send: implicit VR little endian, group length computed (PS3.7 §6.3.1).
    package func encoded() -> ByteBuffer {
        switch self {
        case .cEchoRQ(let request): return request.encoded()
        case .cEchoRSP(let response): return response.encoded()
        case .cStoreRQ(let request): return request.encoded()
        case .cStoreRSP(let response): return response.encoded()
        case .nActionRQ(let request): return request.encoded()
        case .nActionRSP(let response): return response.encoded()
        case .nEventReportRQ(let request): return request.encoded()
        case .nEventReportRSP(let response): return response.encoded()
        case .cCancelRQ(let messageID):
            var encoder = CommandEncoder(reserving: CommandEncoder.usualSize)
            encoder.write(CommandField.cCancelRQ.rawValue, as: .commandField)
            encoder.write(messageID, as: .messageIDBeingRespondedTo)
            encoder.write(DataSetType.null, as: .commandDataSetType)
            return encoder.finished()
        case .other(let set, _), .invalid(let set, _): return set.encoded()
        }
    }
}
