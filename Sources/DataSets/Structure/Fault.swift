/// Why a data set is not a complete, well-formed one. Such an object is refused with C000H (PS3.4 §B.2.3) and not
/// filed.
package struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of fault: for counters and tests.
    package enum Kind: Equatable, Sendable {
        /// No byte at all.
        case empty
        /// The data set ends inside an element, a sequence or the compressed stream.
        case truncated
        /// A length or a header reaches past the item or sequence that contains it.
        case beyondParent
        /// More nested sequences than `Limits.depth`.
        case tooDeep
        /// A tag or a length where the standard has none such.
        case structure
        /// SOP Class or Instance UID occurs twice with different values, or is longer than 64 bytes (PS3.5 §9.1).
        case identity
        /// Not a deflate stream, or past the caps before the identity was found.
        case deflate
        /// A transfer syntax that the node does not know, and the data set can be walked neither as explicit nor as
        /// implicit VR little endian.
        case unknownTransferSyntax
    }

    /// What kind of fault.
    package let kind: Kind

    /// At most 64 characters of ASCII, fit for an Error Comment (0000,0902), which is an LO.
    package let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = String(description.prefix(64))
    }
}
