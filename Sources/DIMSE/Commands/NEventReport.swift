package import struct Associations.UID
package import struct NIOCore.ByteBuffer

/// N-EVENT-REPORT-RQ (PS3.7 §10.3.1.1): this has happened to an instance. The SCP of its class sends it to the SCU.
///
/// What is missing or no value of its kind is nil: the service class says with which status it is refused.
package struct NEventReportRQ: Equatable, Sendable {
    /// Names the operation while it is outstanding on its association.
    package var messageID: UInt16
    /// The instance's class, padded as the peer sent it.
    package var affectedSOPClassUID: UID?
    /// The instance, padded as the peer sent it.
    package var affectedSOPInstanceUID: UID?
    /// What has happened; its meaning is the class's.
    package var eventTypeID: UInt16?
    /// The Event Information follows.
    package var hasDataSet: Bool

    /// A report of an event.
    package init(
        messageID: UInt16,
        affectedSOPClassUID: UID?,
        affectedSOPInstanceUID: UID?,
        eventTypeID: UInt16?,
        hasDataSet: Bool = true
    ) {
        self.messageID = messageID
        self.affectedSOPClassUID = affectedSOPClassUID
        self.affectedSOPInstanceUID = affectedSOPInstanceUID
        self.eventTypeID = eventTypeID
        self.hasDataSet = hasDataSet
    }

    init(messageID: UInt16, fields: CommandFields, hasDataSet: Bool) {
        self.init(
            messageID: messageID,
            affectedSOPClassUID: try? UIDFault.check(fields.affectedSOPClassUID),
            affectedSOPInstanceUID: try? UIDFault.check(fields.affectedSOPInstanceUID),
            eventTypeID: fields.eventTypeID,
            hasDataSet: hasDataSet
        )
    }

    /// The command set to send.
    package func encoded() -> ByteBuffer {
        var encoder = CommandEncoder(reserving: CommandEncoder.usualSize)
        if let uid = affectedSOPClassUID { encoder.write(uid.asSent, as: .affectedSOPClassUID) }
        encoder.write(CommandField.nEventReportRQ.rawValue, as: .commandField)
        encoder.write(messageID, as: .messageID)
        encoder.write(hasDataSet ? DataSetType.present : DataSetType.null, as: .commandDataSetType)
        if let uid = affectedSOPInstanceUID { encoder.write(uid.asSent, as: .affectedSOPInstanceUID) }
        if let eventTypeID { encoder.write(eventTypeID, as: .eventTypeID) }
        return encoder.finished()
    }
}

/// N-EVENT-REPORT-RSP (PS3.7 §10.3.1.2), without an Event Reply.
package struct NEventReportRSP: Equatable, Sendable {
    /// The Message ID of the request.
    package let messageIDBeingRespondedTo: UInt16
    /// The class of the request, byte for byte.
    package let affectedSOPClassUID: UID?
    /// The instance of the request, byte for byte.
    package let affectedSOPInstanceUID: UID?
    /// The event of the request.
    package let eventTypeID: UInt16?
    /// The outcome.
    package let status: Status
    /// Why, in at most 64 characters of the default repertoire.
    package let errorComment: String?

    /// A response; `errorComment` is cut and cleaned to what the element can carry.
    package init(
        messageIDBeingRespondedTo: UInt16,
        affectedSOPClassUID: UID?,
        affectedSOPInstanceUID: UID?,
        eventTypeID: UInt16?,
        status: Status,
        errorComment: String? = nil
    ) {
        self.messageIDBeingRespondedTo = messageIDBeingRespondedTo
        self.affectedSOPClassUID = affectedSOPClassUID
        self.affectedSOPInstanceUID = affectedSOPInstanceUID
        self.eventTypeID = eventTypeID
        self.status = status
        self.errorComment = errorComment.flatMap { ErrorComment.sanitized($0.utf8) }
    }

    /// The response to `request`.
    package init(to request: NEventReportRQ, status: Status, errorComment: String? = nil) {
        self.init(
            messageIDBeingRespondedTo: request.messageID,
            affectedSOPClassUID: request.affectedSOPClassUID,
            affectedSOPInstanceUID: request.affectedSOPInstanceUID,
            eventTypeID: request.eventTypeID,
            status: status,
            errorComment: errorComment
        )
    }

    /// The command set to send.
    package func encoded() -> ByteBuffer {
        var encoder = CommandEncoder(reserving: CommandEncoder.usualSize)
        if let uid = affectedSOPClassUID { encoder.write(uid.asSent, as: .affectedSOPClassUID) }
        encoder.writeResponse(.nEventReportRSP, to: messageIDBeingRespondedTo, status: status)
        if let errorComment { encoder.write(Array(errorComment.utf8), as: .errorComment) }
        if let uid = affectedSOPInstanceUID { encoder.write(uid.asSent, as: .affectedSOPInstanceUID) }
        if let eventTypeID { encoder.write(eventTypeID, as: .eventTypeID) }
        return encoder.finished()
    }
}
