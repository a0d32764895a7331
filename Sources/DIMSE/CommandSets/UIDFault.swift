import struct Associations.UID

/// Why a UID in a command is refused. What is refused costs its instance a failure status, nothing else.
///
/// Refused: nothing, more than 64 characters, a byte that is no printable ASCII character, a space inside, a slash or
/// backslash, or not one letter or digit (`..`). Tolerated up to 64 characters: padding at the end, leading spaces,
/// leading zeros, empty components, and other printable characters, since scanners that make such UIDs exist and a lost
/// image is worse than an odd name (pynetdicom#88, #243, #322); they reach a path only encoded.
enum UIDFault: Error, CustomStringConvertible {
    /// No such element.
    case missing
    /// No value, or padding alone.
    case empty
    /// More than 64 characters.
    case tooLong
    /// A byte that no UID has, or none that makes a name.
    case illegalCharacter

    /// The longest UID (PS3.5 §9.1), in characters; also the longest field.
    static let maximumLength = 64

    /// The UID of these bytes, padding included, or why there is none.
    ///
    /// A value within the 64 bytes of a UI field is kept as sent, to be echoed. Padding beyond that is dropped:
    /// a response is not made long by what a peer sent.
    static func check(_ asSent: [UInt8]?) throws(UIDFault) -> UID {
        guard let asSent else { throw .missing }
        var count = asSent.count
        while count > 0, asSent[count - 1] == 0x00 || asSent[count - 1] == 0x20 { count -= 1 }
        var start = 0
        while start < count, asSent[start] == 0x20 { start += 1 }
        let value = asSent[start..<count]
        guard !value.isEmpty else { throw .empty }
        guard value.count <= maximumLength else { throw .tooLong }
        guard isName(value) else { throw .illegalCharacter }
        return UID(asSent: asSent.count <= maximumLength ? asSent : Array(value))
    }

    private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        var hasLetterOrDigit = false
        for byte in bytes {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: hasLetterOrDigit = true
            case 0x00...0x20, 0x2F, 0x5C, 0x7F...: return false
            default: break
            }
        }
        return hasLetterOrDigit
    }

    /// The status that says so; `otherwise` where the value is there but wrong.
    func status(otherwise: Status) -> Status {
        switch self {
        case .missing: .missingAttribute
        case .empty: .missingAttributeValue
        case .tooLong, .illegalCharacter: otherwise
        }
    }

    var description: String {
        switch self {
        case .missing: "missing"
        case .empty: "empty"
        case .tooLong: "over \(Self.maximumLength) characters"
        case .illegalCharacter: "not a UID"
        }
    }
}
