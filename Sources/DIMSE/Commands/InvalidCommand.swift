package import struct Associations.UID

/// Why a request cannot be performed, and the status that says so. Of N-ACTION-RQ and N-EVENT-REPORT-RQ it is only the
/// last row: of their UIDs the service class judges.
///
/// | what is wrong | status | why this one |
/// |---|---|---|
/// | Affected SOP Class or Instance UID missing | 0120H | a required attribute was not supplied |
/// | … without a value, or padding alone | 0121H | a required attribute value was not supplied |
/// | Affected SOP Instance UID that is a `UIDFault` | 0117H | against the construction rules (PS3.7 §9.1.1.1.9) |
/// | Affected SOP Class UID likewise | 0106H | inappropriate; 0122H would say that another node may know it |
/// | an element that runs past the end of the command set | 0110H | what it, and all after it, meant cannot be known |
///
/// The first that applies, class before instance. Each response names the Offending Element. What has an obvious
/// meaning is not refused: missing Priority, several values of a US, odd lengths, unknown elements. Statuses
/// 0115H and 0212H are about arguments agreed for an operation (PS3.7 §C.5), which none of these is.
/// Without a Message ID or a Command Field there is nothing to answer: that is a `MessageError`.
package struct InvalidCommand: Equatable, Sendable {
    /// The Message ID to respond to.
    package let messageID: UInt16
    /// The request.
    package let commandField: CommandField
    /// The status to respond with.
    package let status: Status
    /// Why, in words; fits Error Comment.
    package let errorComment: String
    /// The element at fault.
    package let offendingElement: CommandSet.Tag
    /// The class, where it is a UID at all.
    package let affectedSOPClassUID: UID?
    /// The instance, where it is a UID at all.
    package let affectedSOPInstanceUID: UID?

    /// What is wrong.
    enum Fault: Error {
        /// This element runs past the end of the command set.
        case overrun(CommandSet.Tag)
        /// The UID in this element.
        case uid(CommandSet.Tag, UIDFault)
    }

    init(messageID: UInt16, commandField: CommandField, fault: Fault, fields: CommandFields) {
        self.messageID = messageID
        self.commandField = commandField
        affectedSOPClassUID = try? UIDFault.check(fields.affectedSOPClassUID)
        affectedSOPInstanceUID = try? UIDFault.check(fields.affectedSOPInstanceUID)
        switch fault {
        case .overrun(let tag):
            status = .processingFailure
            errorComment = "command element \(tag) runs past the end"
            offendingElement = tag
        case .uid(let tag, let fault):
            let isClass = tag == .affectedSOPClassUID
            status = fault.status(otherwise: isClass ? .invalidAttributeValue : .invalidSOPInstance)
            errorComment = "Affected SOP \(isClass ? "Class" : "Instance") UID \(fault)"
            offendingElement = tag
        }
    }

    /// The response.
    ///
    /// A malformed UID is not sent back: the field is optional in a response, and the requestor would have to
    /// parse what it should never have sent.
    func refusal(_ status: Status?, errorComment: String?) -> Command {
        if commandField == .nActionRQ || commandField == .nEventReportRQ {
            return .refusal(
                of: commandField,
                messageID,
                status ?? self.status,
                errorComment ?? self.errorComment,
                offendingElement: offendingElement
            )
        }
        if commandField == .cEchoRQ {
            return .cEchoRSP(
                CEchoRSP(
                    messageIDBeingRespondedTo: messageID,
                    affectedSOPClassUID: affectedSOPClassUID,
                    status: status ?? self.status,
                    errorComment: errorComment ?? self.errorComment,
                    offendingElement: offendingElement
                )
            )
        }
        return .cStoreRSP(
            CStoreRSP(
                messageIDBeingRespondedTo: messageID,
                affectedSOPClassUID: affectedSOPClassUID,
                affectedSOPInstanceUID: affectedSOPInstanceUID,
                status: status ?? self.status,
                errorComment: errorComment ?? self.errorComment,
                offendingElement: offendingElement
            )
        )
    }
}
