package import struct Associations.AETitle
package import struct Associations.UID
package import struct NIOCore.ByteBuffer

/// C-STORE-RQ (PS3.7 §9.3.1.1): take this instance.
package struct CStoreRQ: Equatable, Sendable {
    /// Names the operation while it is outstanding on its association.
    package var messageID: UInt16
    /// The instance's class, padded as the peer sent it.
    package var affectedSOPClassUID: UID
    /// The instance, padded as the peer sent it.
    package var affectedSOPInstanceUID: UID
    /// 0000H medium, 0001H high, 0002H low; medium where a peer sent none (dcmjs-dimse#9).
    package var priority: UInt16
    /// The AE title that asked for the retrieval of which this store is a part.
    package var moveOriginatorApplicationEntityTitle: AETitle?
    /// The Message ID of that retrieval.
    package var moveOriginatorMessageID: UInt16?
    /// The data set follows. A store without one is legal nowhere, but it can be answered.
    package var hasDataSet: Bool

    /// Priority medium.
    package static let mediumPriority: UInt16 = 0x0000

    /// A request to store the data set that follows it.
    package init(
        messageID: UInt16,
        affectedSOPClassUID: UID,
        affectedSOPInstanceUID: UID,
        priority: UInt16 = CStoreRQ.mediumPriority,
        moveOriginatorApplicationEntityTitle: AETitle? = nil,
        moveOriginatorMessageID: UInt16? = nil,
        hasDataSet: Bool = true
    ) {
        self.messageID = messageID
        self.affectedSOPClassUID = affectedSOPClassUID
        self.affectedSOPInstanceUID = affectedSOPInstanceUID
        self.priority = priority
        self.moveOriginatorApplicationEntityTitle = moveOriginatorApplicationEntityTitle
        self.moveOriginatorMessageID = moveOriginatorMessageID
        self.hasDataSet = hasDataSet
    }

    /// The command set to send.
    package func encoded() -> ByteBuffer {
        var encoder = CommandEncoder(reserving: CommandEncoder.usualSize)
        encoder.write(affectedSOPClassUID.asSent, as: .affectedSOPClassUID)
        encoder.write(CommandField.cStoreRQ.rawValue, as: .commandField)
        encoder.write(messageID, as: .messageID)
        encoder.write(priority, as: .priority)
        encoder.write(hasDataSet ? DataSetType.present : DataSetType.null, as: .commandDataSetType)
        encoder.write(affectedSOPInstanceUID.asSent, as: .affectedSOPInstanceUID)
        if let title = moveOriginatorApplicationEntityTitle {
            encoder.write(title.asSent, as: .moveOriginatorApplicationEntityTitle)
        }
        if let id = moveOriginatorMessageID { encoder.write(id, as: .moveOriginatorMessageID) }
        return encoder.finished()
    }
}

/// C-STORE-RSP (PS3.7 §9.3.1.2): what became of the instance.
package struct CStoreRSP: Equatable, Sendable {
    /// The Message ID of the request.
    package let messageIDBeingRespondedTo: UInt16
    /// The class of the request, byte for byte; some requestors compare (DCMTK's `dcmPeerRequiresExactUIDCopy`).
    package let affectedSOPClassUID: UID?
    /// The instance of the request, byte for byte.
    package let affectedSOPInstanceUID: UID?
    /// The outcome.
    package let status: Status
    /// Why, in at most 64 characters of the default repertoire.
    package let errorComment: String?
    /// The element at fault, of the command or of the data set.
    package let offendingElement: CommandSet.Tag?

    /// A response; `errorComment` is cut and cleaned to what the element can carry.
    package init(
        messageIDBeingRespondedTo: UInt16,
        affectedSOPClassUID: UID?,
        affectedSOPInstanceUID: UID?,
        status: Status,
        errorComment: String? = nil,
        offendingElement: CommandSet.Tag? = nil
    ) {
        self.messageIDBeingRespondedTo = messageIDBeingRespondedTo
        self.affectedSOPClassUID = affectedSOPClassUID
        self.affectedSOPInstanceUID = affectedSOPInstanceUID
        self.status = status
        self.errorComment = errorComment.flatMap { ErrorComment.sanitized($0.utf8) }
        self.offendingElement = offendingElement
    }

    /// The response to `request`.
    package init(
        to request: CStoreRQ,
        status: Status,
        errorComment: String? = nil,
        offendingElement: CommandSet.Tag? = nil
    ) {
        self.init(
            messageIDBeingRespondedTo: request.messageID,
            affectedSOPClassUID: request.affectedSOPClassUID,
            affectedSOPInstanceUID: request.affectedSOPInstanceUID,
            status: status,
            errorComment: errorComment,
            offendingElement: offendingElement
        )
    }

    /// The command set to send.
    package func encoded() -> ByteBuffer {
        var encoder = CommandEncoder(reserving: CommandEncoder.usualSize)
        if let uid = affectedSOPClassUID { encoder.write(uid.asSent, as: .affectedSOPClassUID) }
        encoder.writeResponse(.cStoreRSP, to: messageIDBeingRespondedTo, status: status)
        if let offendingElement { encoder.write(offendingElement, as: .offendingElement) }
        if let errorComment { encoder.write(Array(errorComment.utf8), as: .errorComment) }
        if let uid = affectedSOPInstanceUID { encoder.write(uid.asSent, as: .affectedSOPInstanceUID) }
        return encoder.finished()
    }
}
