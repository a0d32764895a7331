/// The commands of normalized services (PS3.7 §10) that are told apart from `.other`.
extension Command {
    /// N-ACTION-RQ or N-EVENT-REPORT-RQ; nil: another field.
    static func normalizedRequest(
        _ fields: CommandFields,
        _ field: CommandField,
        _ messageID: UInt16,
        _ hasDataSet: Bool
    ) -> Command? {
        switch field {
        case .nActionRQ: .nActionRQ(NActionRQ(messageID: messageID, fields: fields, hasDataSet: hasDataSet))
        case .nEventReportRQ:
            .nEventReportRQ(NEventReportRQ(messageID: messageID, fields: fields, hasDataSet: hasDataSet))
        default: nil
        }
    }

    /// N-ACTION-RSP or N-EVENT-REPORT-RSP; nil: another field.
    static func normalizedResponse(
        _ fields: CommandFields,
        _ field: CommandField,
        _ messageID: UInt16,
        _ status: Status
    ) -> Command? {
        let classUID = try? UIDFault.check(fields.affectedSOPClassUID)
        let instanceUID = try? UIDFault.check(fields.affectedSOPInstanceUID)
        switch field {
        case .nActionRSP:
            return .nActionRSP(
                NActionRSP(
                    messageIDBeingRespondedTo: messageID,
                    affectedSOPClassUID: classUID,
                    affectedSOPInstanceUID: instanceUID,
                    actionTypeID: fields.actionTypeID,
                    status: status,
                    errorComment: fields.errorComment
                )
            )
        case .nEventReportRSP:
            return .nEventReportRSP(
                NEventReportRSP(
                    messageIDBeingRespondedTo: messageID,
                    affectedSOPClassUID: classUID,
                    affectedSOPInstanceUID: instanceUID,
                    eventTypeID: fields.eventTypeID,
                    status: status,
                    errorComment: fields.errorComment
                )
            )
        default: return nil
        }
    }
}
