import struct Associations.UID
package import struct NIOCore.ByteBuffer

extension Command {
    /// Decodes a whole command set.
    ///
    /// Whatever the bytes are, this ends in a command, in `.invalid` with the status to answer, or in an error.
    ///
    /// *Resources*: for a C-STORE-RQ the two UIDs; nothing refers to `bytes` afterwards.
    ///
    /// *Errors*: `MessageError` if there is no telling what the command is or which operation it belongs to.
    package init(decoding bytes: ByteBuffer) throws(MessageError) {
        self = try Self.decode(bytes).command
    }

    /// The command, and whether a data set follows it.
    static func decode(_ bytes: ByteBuffer) throws(MessageError) -> (command: Command, hasDataSet: Bool) {
        let fields = CommandFields(bytes)
        guard let value = fields.commandField else { throw .noCommandField }
        let field = CommandField(rawValue: value)
        let hasDataSet = DataSetType.announcesDataSet(fields.commandDataSetType, field: field)
        let command: Command
        switch field {
        case .cEchoRQ, .cStoreRQ, .nActionRQ, .nEventReportRQ:
            command = try request(fields, field, bytes, hasDataSet)
        case .cCancelRQ:
            // Either element will do, and none: it is ignored and has no response, so it must not cost the association.
            command = .cCancelRQ(messageIDBeingRespondedTo: fields.messageIDBeingRespondedTo ?? fields.messageID ?? 0)
        case .cEchoRSP, .cStoreRSP, .nActionRSP, .nEventReportRSP:
            command = try response(fields, field)
        default:
            let id = field.isResponse ? fields.messageIDBeingRespondedTo : fields.messageID
            guard id != nil else { throw .noMessageID(field) }
            command = .other(CommandSet(readablePartOf: bytes), field: value)
        }
        return (command, hasDataSet)
    }

    private static func request(
        _ fields: CommandFields,
        _ field: CommandField,
        _ bytes: ByteBuffer,
        _ hasDataSet: Bool
    ) throws(MessageError) -> Command {
        guard let messageID = fields.messageID else { throw .noMessageID(field) }
        do throws(InvalidCommand.Fault) {
            if let overrun = fields.overrun { throw .overrun(overrun) }
            if let command = normalizedRequest(fields, field, messageID, hasDataSet) { return command }
            let classUID = try uid(fields.affectedSOPClassUID, .affectedSOPClassUID)
            if field == .cEchoRQ { return .cEchoRQ(CEchoRQ(messageID: messageID, affectedSOPClassUID: classUID)) }
            return .cStoreRQ(
                CStoreRQ(
                    messageID: messageID,
                    affectedSOPClassUID: classUID,
                    affectedSOPInstanceUID: try uid(fields.affectedSOPInstanceUID, .affectedSOPInstanceUID),
                    priority: fields.priority ?? CStoreRQ.mediumPriority,
                    moveOriginatorApplicationEntityTitle: fields.moveOriginatorApplicationEntityTitle,
                    moveOriginatorMessageID: fields.moveOriginatorMessageID,
                    hasDataSet: hasDataSet
                )
            )
        } catch {
            let invalid = InvalidCommand(messageID: messageID, commandField: field, fault: error, fields: fields)
            return .invalid(CommandSet(readablePartOf: bytes), invalid)
        }
    }

    private static func uid(_ value: [UInt8]?, _ tag: CommandSet.Tag) throws(InvalidCommand.Fault) -> UID {
        do { return try UIDFault.check(value) } catch { throw .uid(tag, error) }
    }

    private static func response(_ fields: CommandFields, _ field: CommandField) throws(MessageError) -> Command {
        guard let messageID = fields.messageIDBeingRespondedTo else { throw .noMessageID(field) }
        guard let status = fields.status else { throw .noStatus(field) }
        let classUID = try? UIDFault.check(fields.affectedSOPClassUID)
        if field == .cEchoRSP {
            return .cEchoRSP(
                CEchoRSP(
                    messageIDBeingRespondedTo: messageID,
                    affectedSOPClassUID: classUID,
                    status: Status(rawValue: status),
                    errorComment: fields.errorComment,
                    offendingElement: fields.offendingElement
                )
            )
        }
        if let command = normalizedResponse(fields, field, messageID, Status(rawValue: status)) { return command }
        return .cStoreRSP(
            CStoreRSP(
                messageIDBeingRespondedTo: messageID,
                affectedSOPClassUID: classUID,
                affectedSOPInstanceUID: try? UIDFault.check(fields.affectedSOPInstanceUID),
                status: Status(rawValue: status),
                errorComment: fields.errorComment,
                offendingElement: fields.offendingElement
            )
        )
    }
}
