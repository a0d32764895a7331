/// Makes text fit for Error Comment (0000,0902): VR LO, default character repertoire (PS3.7 §C.5, PS3.5 §6.2).
enum ErrorComment {
    /// The longest LO, in characters; of the default repertoire each is one byte.
    static let maximumLength = 64

    /// `text` as a legal value, or nil if nothing of it is left.
    ///
    /// Truncated rather than refused: a comment must never stand in the way of the answer it belongs to
    /// (fo-dicom#1282). A backslash would make two values of one, and control characters belong in no log.
    static func sanitized(_ text: some Sequence<UInt8>) -> String? {
        var result: [UInt8] = []
        for byte in text where result.count < maximumLength {
            switch byte {
            case 0x80...0xBF: break  // the rest of a UTF-8 character that is a "?" already
            case 0x00...0x20, 0x7F: if !result.isEmpty { result.append(0x20) }
            case 0x5C: result.append(0x2F)
            case 0xC0...0xFF: result.append(0x3F)
            default: result.append(byte)
            }
        }
        while result.last == 0x20 { result.removeLast() }
        return result.isEmpty ? nil : String(decoding: result, as: UTF8.self)
    }
}
