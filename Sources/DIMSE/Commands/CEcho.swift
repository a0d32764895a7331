package import struct Associations.UID
package import struct NIOCore.ByteBuffer

/// C-ECHO-RQ (PS3.7 §9.3.5.1): are you there?
package struct CEchoRQ: Equatable, Sendable {
    /// Names the operation while it is outstanding on its association.
    package var messageID: UInt16
    /// Verification, padded as the peer sent it.
    package var affectedSOPClassUID: UID

    /// The Verification SOP Class (PS3.4 §A.4).
    package static let verificationSOPClassUID: UID = "1.2.840.10008.1.1"

    /// A request for an answer.
    package init(messageID: UInt16, affectedSOPClassUID: UID = CEchoRQ.verificationSOPClassUID) {
        self.messageID = messageID
        self.affectedSOPClassUID = affectedSOPClassUID
    }

    /// The command set to send.
    package func encoded() -> ByteBuffer {
        var encoder = CommandEncoder(reserving: CommandEncoder.usualSize)
        encoder.write(affectedSOPClassUID.asSent, as: .affectedSOPClassUID)
        encoder.write(CommandField.cEchoRQ.rawValue, as: .commandField)
        encoder.write(messageID, as: .messageID)
        encoder.write(DataSetType.null, as: .commandDataSetType)
        return encoder.finished()
    }
}

/// C-ECHO-RSP (PS3.7 §9.3.5.2).
package struct CEchoRSP: Equatable, Sendable {
    /// The Message ID of the request.
    package let messageIDBeingRespondedTo: UInt16
    /// The class of the request, byte for byte.
    package let affectedSOPClassUID: UID?
    /// The outcome.
    package let status: Status
    /// Why, in at most 64 characters of the default repertoire.
    package let errorComment: String?
    /// The element of the command at fault.
    package let offendingElement: CommandSet.Tag?

    /// A response; `errorComment` is cut and cleaned to what the element can carry.
    package init(
        messageIDBeingRespondedTo: UInt16,
        affectedSOPClassUID: UID?,
        status: Status,
        errorComment: String? = nil,
        offendingElement: CommandSet.Tag? = nil
    ) {
        self.messageIDBeingRespondedTo = messageIDBeingRespondedTo
        self.affectedSOPClassUID = affectedSOPClassUID
        self.status = status
        self.errorComment = errorComment.flatMap { ErrorComment.sanitized($0.utf8) }
        self.offendingElement = offendingElement
    }

    /// The response to `request`.
    package init(to request: CEchoRQ, status: Status, errorComment: String? = nil) {
        self.init(
            messageIDBeingRespondedTo: request.messageID,
            affectedSOPClassUID: request.affectedSOPClassUID,
            status: status,
            errorComment: errorComment
        )
    }

    /// The command set to send.
    package func encoded() -> ByteBuffer {
        var encoder = CommandEncoder(reserving: CommandEncoder.usualSize)
        if let uid = affectedSOPClassUID { encoder.write(uid.asSent, as: .affectedSOPClassUID) }
        encoder.writeResponse(.cEchoRSP, to: messageIDBeingRespondedTo, status: status)
        if let offendingElement { encoder.write(offendingElement, as: .offendingElement) }
        if let errorComment { encoder.write(Array(errorComment.utf8), as: .errorComment) }
        return encoder.finished()
    }
}
