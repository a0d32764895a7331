extension Command {
    /// The response that refuses this request; nil for what is never answered (responses, C-CANCEL).
    ///
    /// - Parameters:
    ///   - status: Why, e.g. `.unrecognizedOperation`, `.duplicateInvocation`. Nil for what `.invalid` itself says,
    ///     and 0211H for any other command.
    ///   - errorComment: Why, in words; cut and cleaned to what Error Comment can carry.
    package func refusal(_ status: Status? = nil, errorComment: String? = nil) -> Command? {
        switch self {
        case .cEchoRQ(let request):
            return .cEchoRSP(
                CEchoRSP(to: request, status: status ?? .unrecognizedOperation, errorComment: errorComment)
            )
        case .cStoreRQ(let request):
            return .cStoreRSP(
                CStoreRSP(to: request, status: status ?? .unrecognizedOperation, errorComment: errorComment)
            )
        case .nActionRQ(let request):
            return .nActionRSP(
                NActionRSP(to: request, status: status ?? .unrecognizedOperation, errorComment: errorComment)
            )
        case .nEventReportRQ(let request):
            return .nEventReportRSP(
                NEventReportRSP(to: request, status: status ?? .unrecognizedOperation, errorComment: errorComment)
            )
        case .invalid(_, let invalid):
            return invalid.refusal(status, errorComment: errorComment)
        case .other(_, let field):
            guard let messageID else { return nil }
            return Self.refusal(
                of: CommandField(rawValue: field),
                messageID,
                status ?? .unrecognizedOperation,
                errorComment
            )
        case .cEchoRSP, .cStoreRSP, .nActionRSP, .nEventReportRSP, .cCancelRQ:
            return nil
        }
    }

    /// What PS3.7 requires of any response, and nothing more: the Affected UIDs are optional, and where an
    /// operation has Requested ones instead there is nothing to echo.
    package static func refusal(
        of field: CommandField,
        _ messageID: UInt16,
        _ status: Status,
        _ errorComment: String? = nil,
        offendingElement: CommandSet.Tag? = nil
    ) -> Command {
        func littleEndian(_ value: UInt16) -> [UInt8] { [UInt8(truncatingIfNeeded: value), UInt8(value >> 8)] }
        var elements = [
            CommandSet.Element(tag: .commandField, value: littleEndian(field.response.rawValue)),
            CommandSet.Element(tag: .messageIDBeingRespondedTo, value: littleEndian(messageID)),
            CommandSet.Element(tag: .commandDataSetType, value: littleEndian(DataSetType.null)),
            CommandSet.Element(tag: .status, value: littleEndian(status.rawValue)),
        ]
        if let offendingElement {
            let value = littleEndian(offendingElement.group) + littleEndian(offendingElement.element)
            elements.append(CommandSet.Element(tag: .offendingElement, value: value))
        }
        if let errorComment = errorComment.flatMap({ ErrorComment.sanitized($0.utf8) }) {
            elements.append(CommandSet.Element(tag: .errorComment, value: Array(errorComment.utf8)))
        }
        return .other(CommandSet(elements), field: field.response.rawValue)
    }
}
