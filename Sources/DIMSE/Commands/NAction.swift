package import struct Associations.UID
package import struct NIOCore.ByteBuffer

/// N-ACTION-RQ (PS3.7 §10.3.5.1): do this with an instance.
///
/// What is missing or no value of its kind is nil: the service class says with which status it is refused.
package struct NActionRQ: Equatable, Sendable {
    /// Names the operation while it is outstanding on its association.
    package var messageID: UInt16
    /// The instance's class, padded as the peer sent it.
    package var requestedSOPClassUID: UID?
    /// The instance, padded as the peer sent it.
    package var requestedSOPInstanceUID: UID?
    /// What is to be done; its meaning is the class's.
    package var actionTypeID: UInt16?
    /// The Action Information follows.
    package var hasDataSet: Bool

    /// A request for an action.
    package init(
        messageID: UInt16,
        requestedSOPClassUID: UID?,
        requestedSOPInstanceUID: UID?,
        actionTypeID: UInt16?,
        hasDataSet: Bool = true
    ) {
        self.messageID = messageID
        self.requestedSOPClassUID = requestedSOPClassUID
        self.requestedSOPInstanceUID = requestedSOPInstanceUID
        self.actionTypeID = actionTypeID
        self.hasDataSet = hasDataSet
    }

    init(messageID: UInt16, fields: CommandFields, hasDataSet: Bool) {
        self.init(
            messageID: messageID,
            requestedSOPClassUID: try? UIDFault.check(fields.requestedSOPClassUID),
            requestedSOPInstanceUID: try? UIDFault.check(fields.requestedSOPInstanceUID),
            actionTypeID: fields.actionTypeID,
            hasDataSet: hasDataSet
        )
    }

    /// The command set to send.
    package func encoded() -> ByteBuffer {
        var encoder = CommandEncoder(reserving: CommandEncoder.usualSize)
        if let uid = requestedSOPClassUID { encoder.write(uid.asSent, as: .requestedSOPClassUID) }
        encoder.write(CommandField.nActionRQ.rawValue, as: .commandField)
        encoder.write(messageID, as: .messageID)
        encoder.write(hasDataSet ? DataSetType.present : DataSetType.null, as: .commandDataSetType)
        if let uid = requestedSOPInstanceUID { encoder.write(uid.asSent, as: .requestedSOPInstanceUID) }
        if let actionTypeID { encoder.write(actionTypeID, as: .actionTypeID) }
        return encoder.finished()
    }
}

/// N-ACTION-RSP (PS3.7 §10.3.5.2), without an Action Reply.
package struct NActionRSP: Equatable, Sendable {
    /// The Message ID of the request.
    package let messageIDBeingRespondedTo: UInt16
    /// The class of the request, byte for byte.
    package let affectedSOPClassUID: UID?
    /// The instance of the request, byte for byte.
    package let affectedSOPInstanceUID: UID?
    /// The action of the request.
    package let actionTypeID: UInt16?
    /// The outcome.
    package let status: Status
    /// Why, in at most 64 characters of the default repertoire.
    package let errorComment: String?

    /// A response; `errorComment` is cut and cleaned to what the element can carry.
    package init(
        messageIDBeingRespondedTo: UInt16,
        affectedSOPClassUID: UID?,
        affectedSOPInstanceUID: UID?,
        actionTypeID: UInt16?,
        status: Status,
        errorComment: String? = nil
    ) {
        self.messageIDBeingRespondedTo = messageIDBeingRespondedTo
        self.affectedSOPClassUID = affectedSOPClassUID
        self.affectedSOPInstanceUID = affectedSOPInstanceUID
        self.actionTypeID = actionTypeID
        self.status = status
        self.errorComment = errorComment.flatMap { ErrorComment.sanitized($0.utf8) }
    }

    /// The response to `request`.
    package init(to request: NActionRQ, status: Status, errorComment: String? = nil) {
        self.init(
            messageIDBeingRespondedTo: request.messageID,
            affectedSOPClassUID: request.requestedSOPClassUID,
            affectedSOPInstanceUID: request.requestedSOPInstanceUID,
            actionTypeID: request.actionTypeID,
            status: status,
            errorComment: errorComment
        )
    }

    /// The command set to send.
    package func encoded() -> ByteBuffer {
        var encoder = CommandEncoder(reserving: CommandEncoder.usualSize)
        if let uid = affectedSOPClassUID { encoder.write(uid.asSent, as: .affectedSOPClassUID) }
        encoder.writeResponse(.nActionRSP, to: messageIDBeingRespondedTo, status: status)
        if let errorComment { encoder.write(Array(errorComment.utf8), as: .errorComment) }
        if let uid = affectedSOPInstanceUID { encoder.write(uid.asSent, as: .affectedSOPInstanceUID) }
        if let actionTypeID { encoder.write(actionTypeID, as: .actionTypeID) }
        return encoder.finished()
    }
}
