import struct Associations.AETitle
import struct NIOCore.ByteBuffer

/// The fields of a command set that any operation here asks for, found in one pass without an allocation.
///
/// Tolerant as real peers require: elements in any order, unknown and private ones passed over, of a
/// multi-valued US the first value, of two elements with one tag the first, a US shorter than a value as if
/// it were missing.
struct CommandFields {
    private let bytes: ByteBuffer
    private(set) var commandField: UInt16?
    private(set) var messageID: UInt16?
    private(set) var messageIDBeingRespondedTo: UInt16?
    private(set) var priority: UInt16?
    private(set) var commandDataSetType: UInt16?
    private(set) var status: UInt16?
    private(set) var moveOriginatorMessageID: UInt16?
    private(set) var eventTypeID: UInt16?
    private(set) var actionTypeID: UInt16?
    private var classUID: Range<Int>?
    private var instanceUID: Range<Int>?
    private var requestedClassUID: Range<Int>?
    private var requestedInstanceUID: Range<Int>?
    private var offender: Range<Int>?
    private var comment: Range<Int>?
    private var originator: Range<Int>?
    /// The element that runs past the end of the command set, if one does.
    let overrun: CommandSet.Tag?

    init(_ bytes: ByteBuffer) {
        self.bytes = bytes
        var reader = CommandElementReader(bytes)
        while let (tag, value) = reader.next() {
            switch tag {
            case .affectedSOPClassUID: classUID = classUID ?? value
            case .commandField: commandField = commandField ?? Self.unsignedShort(bytes, value)
            case .messageID: messageID = messageID ?? Self.unsignedShort(bytes, value)
            case .messageIDBeingRespondedTo:
                messageIDBeingRespondedTo = messageIDBeingRespondedTo ?? Self.unsignedShort(bytes, value)
            case .priority: priority = priority ?? Self.unsignedShort(bytes, value)
            case .commandDataSetType: commandDataSetType = commandDataSetType ?? Self.unsignedShort(bytes, value)
            case .status: status = status ?? Self.unsignedShort(bytes, value)
            case .offendingElement: offender = offender ?? value
            case .errorComment: comment = comment ?? value
            case .affectedSOPInstanceUID: instanceUID = instanceUID ?? value
            case .requestedSOPClassUID: requestedClassUID = requestedClassUID ?? value
            case .requestedSOPInstanceUID: requestedInstanceUID = requestedInstanceUID ?? value
            case .eventTypeID: eventTypeID = eventTypeID ?? Self.unsignedShort(bytes, value)
            case .actionTypeID: actionTypeID = actionTypeID ?? Self.unsignedShort(bytes, value)
            case .moveOriginatorApplicationEntityTitle: originator = originator ?? value
            case .moveOriginatorMessageID:
                moveOriginatorMessageID = moveOriginatorMessageID ?? Self.unsignedShort(bytes, value)
            default: break
            }
        }
        overrun = reader.overrun
    }

    /// Affected SOP Class UID as sent.
    var affectedSOPClassUID: [UInt8]? { array(classUID) }
    /// Affected SOP Instance UID as sent.
    var affectedSOPInstanceUID: [UInt8]? { array(instanceUID) }
    /// Requested SOP Class UID as sent.
    var requestedSOPClassUID: [UInt8]? { array(requestedClassUID) }
    /// Requested SOP Instance UID as sent.
    var requestedSOPInstanceUID: [UInt8]? { array(requestedInstanceUID) }
    /// Error Comment, fit for a log.
    var errorComment: String? { array(comment).flatMap { ErrorComment.sanitized($0) } }
    /// The title of the AE that asked for the retrieval of which this store is a part.
    var moveOriginatorApplicationEntityTitle: AETitle? { array(originator).map { AETitle(asSent: $0) } }
    /// The first Offending Element.
    var offendingElement: CommandSet.Tag? {
        guard let offender, offender.count >= 4,
            let (group, element) = bytes.getMultipleIntegers(
                at: offender.lowerBound,
                endianness: .little,
                as: (UInt16, UInt16).self
            )
        else { return nil }
        return CommandSet.Tag(group: group, element: element)
    }

    private static func unsignedShort(_ bytes: ByteBuffer, _ value: Range<Int>) -> UInt16? {
        value.count >= 2 ? bytes.getInteger(at: value.lowerBound, endianness: .little) : nil
    }

    private func array(_ range: Range<Int>?) -> [UInt8]? {
        range.flatMap { bytes.getBytes(at: $0.lowerBound, length: $0.count) }
    }
}
