/// What is odd about a data set that is stored all the same: one line in the log.
package struct Notes: OptionSet, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Bytes behind the last element that are none.
    package static let trailingPadding = Notes(rawValue: 1 << 0)
    /// Implicit VR under an explicit VR transfer syntax.
    package static let implicitInsteadOfExplicit = Notes(rawValue: 1 << 1)
    /// Explicit VR under an implicit VR transfer syntax.
    package static let explicitInsteadOfImplicit = Notes(rawValue: 1 << 2)
    /// A VR that PS3.5 does not have.
    package static let unknownVR = Notes(rawValue: 1 << 3)
    /// An element of odd length (PS3.5 §7.1).
    package static let oddLength = Notes(rawValue: 1 << 4)
    /// Group 0002 elements, which belong into a file and not into a message.
    package static let fileMetaInformation = Notes(rawValue: 1 << 5)
    /// An item or sequence of undefined length that nothing ends.
    package static let missingDelimiter = Notes(rawValue: 1 << 6)
    /// A delimiter that ends nothing, or one with a length.
    package static let strayDelimiter = Notes(rawValue: 1 << 7)
    /// A wanted element occurs twice; the first counts.
    package static let duplicateElement = Notes(rawValue: 1 << 8)
    /// A wanted element is over the limit, and was left out.
    package static let oversizedAttribute = Notes(rawValue: 1 << 9)
    /// A private sequence of defined length that does not hold items; skipped by its length.
    package static let opaquePrivateSequence = Notes(rawValue: 1 << 10)
    /// A transfer syntax that the node does not know.
    package static let unknownTransferSyntax = Notes(rawValue: 1 << 11)
    /// A deflated data set past the caps: not walked to its end.
    package static let unchecked = Notes(rawValue: 1 << 12)
    /// A deflated data set with a zlib header (RFC 1950) around it.
    package static let zlibHeader = Notes(rawValue: 1 << 13)

    /// An element without VR in an explicit VR data set.
    package static let missingVR = Notes(rawValue: 1 << 14)
    /// A 16-bit length under a VR that has a 32-bit one (PS3.5 §7.1.2).
    package static let shortLength = Notes(rawValue: 1 << 15)
    /// A sequence that ends, by its length, within a delimiter; the delimiter was believed.
    package static let shortSequence = Notes(rawValue: 1 << 16)
    /// A UID with blanks before it.
    package static let leadingBlank = Notes(rawValue: 1 << 17)
    /// A Study or Series Instance UID longer than 64 characters (PS3.5 §9.1).
    package static let longUID = Notes(rawValue: 1 << 18)
    /// Little endian under the big endian transfer syntax.
    package static let otherByteOrder = Notes(rawValue: 1 << 19)

    private static let names: [(Notes, String)] = [
        (.trailingPadding, "trailing padding"),
        (.implicitInsteadOfExplicit, "implicit VR under an explicit VR transfer syntax"),
        (.explicitInsteadOfImplicit, "explicit VR under an implicit VR transfer syntax"),
        (.unknownVR, "unknown VR"),
        (.oddLength, "odd length"),
        (.fileMetaInformation, "group 0002 in the data set"),
        (.missingDelimiter, "missing delimiter"),
        (.strayDelimiter, "stray delimiter"),
        (.duplicateElement, "element occurs twice"),
        (.oversizedAttribute, "attribute too long to be read"),
        (.opaquePrivateSequence, "private sequence without items"),
        (.unknownTransferSyntax, "unknown transfer syntax"),
        (.unchecked, "deflated data set not walked to its end"),
        (.zlibHeader, "deflated with a zlib header"),
        (.missingVR, "element without VR"),
        (.shortLength, "16-bit length under a VR with a 32-bit one"),
        (.shortSequence, "sequence shorter than its items"),
        (.leadingBlank, "UID with leading blanks"),
        (.longUID, "Study or Series Instance UID longer than 64 characters"),
        (.otherByteOrder, "little endian under the big endian transfer syntax"),
    ]

    /// The notes in words, with commas between.
    package var description: String {
        Self.names.filter { contains($0.0) }.map(\.1).joined(separator: ", ")
    }
}
