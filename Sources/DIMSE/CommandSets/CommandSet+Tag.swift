extension CommandSet {
    /// A data element tag, with the names of PS3.7 Annex E for those that matter here.
    package struct Tag: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
        /// The group number in the upper half, the element number in the lower.
        package let rawValue: UInt32

        /// The tag of this value; an Offending Element may be one of a data set.
        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// The tag (`group`,`element`).
        package init(group: UInt16, element: UInt16) {
            rawValue = UInt32(group) << 16 | UInt32(element)
        }

        /// The group number.
        package var group: UInt16 { UInt16(rawValue >> 16) }
        /// The element number.
        package var element: UInt16 { UInt16(truncatingIfNeeded: rawValue) }

        package static func < (one: Tag, other: Tag) -> Bool {
            one.rawValue < other.rawValue
        }

        /// `(0000,0902)`.
        package var description: String {
            "(\(Self.hexadecimal(group)),\(Self.hexadecimal(element)))"
        }

        private static func hexadecimal(_ number: UInt16) -> String {
            let digits = String(number, radix: 16, uppercase: true)
            return String(repeating: "0", count: 4 - digits.count) + digits
        }
    }
}

extension CommandSet.Tag {
    /// Command Group Length, UL.
    package static let commandGroupLength = Self(rawValue: 0x0000_0000)
    /// Affected SOP Class UID, UI.
    package static let affectedSOPClassUID = Self(rawValue: 0x0000_0002)
    /// Requested SOP Class UID, UI.
    package static let requestedSOPClassUID = Self(rawValue: 0x0000_0003)
    /// Command Field, US.
    package static let commandField = Self(rawValue: 0x0000_0100)
    /// Message ID, US.
    package static let messageID = Self(rawValue: 0x0000_0110)
    /// Message ID Being Responded To, US.
    package static let messageIDBeingRespondedTo = Self(rawValue: 0x0000_0120)
    /// Move Destination, AE.
    package static let moveDestination = Self(rawValue: 0x0000_0600)
    /// Priority, US.
    package static let priority = Self(rawValue: 0x0000_0700)
    /// Command Data Set Type, US.
    package static let commandDataSetType = Self(rawValue: 0x0000_0800)
    /// Status, US.
    package static let status = Self(rawValue: 0x0000_0900)
    /// Offending Element, AT.
    package static let offendingElement = Self(rawValue: 0x0000_0901)
    /// Error Comment, LO.
    package static let errorComment = Self(rawValue: 0x0000_0902)
    /// Affected SOP Instance UID, UI.
    package static let affectedSOPInstanceUID = Self(rawValue: 0x0000_1000)
    /// Requested SOP Instance UID, UI.
    package static let requestedSOPInstanceUID = Self(rawValue: 0x0000_1001)
    /// Event Type ID, US.
    package static let eventTypeID = Self(rawValue: 0x0000_1002)
    /// Action Type ID, US.
    package static let actionTypeID = Self(rawValue: 0x0000_1008)
    /// Move Originator Application Entity Title, AE.
    package static let moveOriginatorApplicationEntityTitle = Self(rawValue: 0x0000_1030)
    /// Move Originator Message ID, US.
    package static let moveOriginatorMessageID = Self(rawValue: 0x0000_1031)

    /// Values of AE and LO are padded with a space, those of UI and all others with a NUL (PS3.5 §6.2).
    var padding: UInt8 {
        switch self {
        case .moveDestination, .errorComment, .moveOriginatorApplicationEntityTitle: 0x20
        default: 0x00
        }
    }
}
