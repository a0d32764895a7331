/// A path as the kernel takes it: bytes, which need not be UTF-8.
struct PathBytes: Hashable, Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// The path of an entry of this folder.
    func appending(_ name: some Sequence<UInt8>) -> PathBytes {
        PathBytes(bytes: bytes + (bytes.last == Self.slash ? [] : [Self.slash]) + name)
    }

    static let slash = UInt8(ascii: "/")

    /// For messages: the text, or, where the bytes are no UTF-8, each one outside ASCII as `\xE9`.
    var description: String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return bytes.reduce(into: "") { text, byte in
            if byte < 0x80 {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "\\x" + String(byte, radix: 16, uppercase: true)
            }
        }
    }

    /// An argument of the command line, byte for byte.
    init(argument: String) {
        bytes = ProcessArguments.bytes(of: argument)
    }
}
