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

    /// The paths that the command line was given as `texts`, byte for byte.
    ///
    /// A `String` made of an argument has U+FFFD in place of each byte that is no UTF-8; the process's own arguments
    /// still have the byte.
    static func arguments(_ texts: [String]) -> [PathBytes] {
        var unread = CommandLine.unsafeArgv.arguments
        return texts.map { text in
            guard text.unicodeScalars.contains("\u{FFFD}"),
                let index = unread.firstIndex(where: { String(decoding: $0, as: UTF8.self) == text })
            else { return PathBytes(text) }
            return PathBytes(bytes: unread.remove(at: index))
        }
    }
}

extension UnsafeMutablePointer<UnsafeMutablePointer<Int8>?> {
    /// The bytes of each argument, without the NUL that ends it.
    fileprivate var arguments: [[UInt8]] {
        var arguments: [[UInt8]] = []
        var next = self
        while let argument = next.pointee {
            var length = 0
            while argument[length] != 0 { length += 1 }
            arguments.append((0..<length).map { UInt8(bitPattern: argument[$0]) })
            next += 1
        }
        return arguments
    }
}
