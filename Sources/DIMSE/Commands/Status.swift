/// The outcome of an operation, Status (0000,0900), as sent in a response (PS3.7 Annex C).
///
/// Any value a peer sends is kept; `category` says what it means even where it has no name here.
package struct Status: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The value on the wire.
    package let rawValue: UInt16

    /// A status of this value, named or not.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// What a status asks of the requestor (PS3.7 §C.1 to §C.5).
    package enum Category: Sendable {
        /// The operation was done.
        case success
        /// The operation was done, with something to report.
        case warning
        /// The operation was not done.
        case failure
        /// The operation was ended by a C-CANCEL.
        case cancel
        /// The operation goes on and further responses follow.
        case pending
    }

    /// The class of this status. A value the standard does not define is a failure, so that no peer's
    /// invention is ever taken for a stored instance.
    package var category: Category {
        switch rawValue {
        case 0x0000: .success
        case 0x0001, 0x0107, 0x0116, 0xB000...0xBFFF: .warning
        case 0xFE00: .cancel
        case 0xFF00, 0xFF01: .pending
        default: .failure
        }
    }

    /// Four hexadecimal digits and an `H`, the way the standard writes it: `A700H`.
    package var description: String {
        let digits = String(rawValue, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits + "H"
    }
}

/// The general statuses of PS3.7 Annex C.
extension Status {
    /// Success (§C.1).
    package static let success = Status(rawValue: 0x0000)
    /// An attribute's value is out of range or otherwise inappropriate.
    package static let invalidAttributeValue = Status(rawValue: 0x0106)
    /// A general failure in processing the operation.
    package static let processingFailure = Status(rawValue: 0x0110)
    /// The instance exists already. PS3.4 does not list it for storage.
    package static let duplicateSOPInstance = Status(rawValue: 0x0111)
    /// The instance named does not exist.
    package static let noSuchSOPInstance = Status(rawValue: 0x0112)
    /// The event type named does not exist.
    package static let noSuchEventType = Status(rawValue: 0x0113)
    /// An argument is not one of the operation's.
    package static let noSuchArgument = Status(rawValue: 0x0114)
    /// An argument's value is out of range or otherwise inappropriate.
    package static let invalidArgumentValue = Status(rawValue: 0x0115)
    /// The SOP Instance UID breaks the rules for the making of UIDs. One of C-STORE's own (§9.1.1.1.9).
    package static let invalidSOPInstance = Status(rawValue: 0x0117)
    /// The SOP Class named is not known.
    package static let noSuchSOPClass = Status(rawValue: 0x0118)
    /// The instance is not of the class named.
    package static let classInstanceConflict = Status(rawValue: 0x0119)
    /// A required attribute is missing.
    package static let missingAttribute = Status(rawValue: 0x0120)
    /// A required attribute has no value.
    package static let missingAttributeValue = Status(rawValue: 0x0121)
    /// The SOP Class is not supported, here or on this presentation context.
    package static let sopClassNotSupported = Status(rawValue: 0x0122)
    /// The action type named does not exist.
    package static let noSuchActionType = Status(rawValue: 0x0123)
    /// The requestor may not do this.
    package static let notAuthorized = Status(rawValue: 0x0124)
    /// The Message ID is that of an operation still under way.
    package static let duplicateInvocation = Status(rawValue: 0x0210)
    /// The operation is none that is performed here.
    package static let unrecognizedOperation = Status(rawValue: 0x0211)
    /// A parameter was not agreed for use on this association.
    package static let mistypedArgument = Status(rawValue: 0x0212)
    /// A resource limit was met.
    package static let resourceLimitation = Status(rawValue: 0x0213)
    /// The operation was ended by a C-CANCEL.
    package static let cancelled = Status(rawValue: 0xFE00)
    /// The operation goes on.
    package static let pending = Status(rawValue: 0xFF00)
}

/// The statuses of the Storage Service Class, PS3.4 §B.2.3.
///
/// A7xx, A9xx and Cxxx are ranges whose low digits an implementation chooses; zeros are used here.
extension Status {
    /// Refused: out of resources.
    package static let outOfResources = Status(rawValue: 0xA700)
    /// Error: the data set does not match its SOP Class, or the command.
    package static let dataSetDoesNotMatchSOPClass = Status(rawValue: 0xA900)
    /// Error: the data set cannot be understood.
    package static let cannotUnderstand = Status(rawValue: 0xC000)
    /// Warning: data elements were coerced.
    package static let coercionOfDataElements = Status(rawValue: 0xB000)
    /// Warning: data elements were discarded.
    package static let elementsDiscarded = Status(rawValue: 0xB006)
    /// Warning: the data set does not match its SOP Class, and was stored.
    package static let dataSetDoesNotMatchSOPClassWarning = Status(rawValue: 0xB007)
}
