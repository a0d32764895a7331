/// Bytes written down for people to read: hexadecimal pairs and "quoted ASCII", with `#` comments that say what they
/// mean.
///
/// `*` and a decimal number after a pair or a text repeat it: `00*32` is 32 zero bytes.
package enum HexFile {
    /// The bytes of a fixture.
    package static func bytes(_ name: String) throws -> [UInt8] {
        try parse(try Fixtures.text(name))
    }

    /// The bytes of a text in this format.
    package static func parse(_ text: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var rest = line[...]
            while let first = rest.first, first != "#" {
                if first.isWhitespace {
                    rest.removeFirst()
                    continue
                }
                guard let unit = token(&rest), let count = repetition(&rest) else {
                    throw HexFileError(line: index + 1, text: String(line))
                }
                for _ in 0..<count { bytes += unit }
            }
        }
        return bytes
    }

    private static func token(_ rest: inout Substring) -> [UInt8]? {
        if rest.first == "\"" {
            rest.removeFirst()
            guard let end = rest.firstIndex(of: "\"") else { return nil }
            defer { rest = rest[rest.index(after: end)...] }
            return Array(rest[..<end].utf8)
        }
        guard let byte = UInt8(rest.prefix(2), radix: 16), rest.count >= 2 else { return nil }
        rest.removeFirst(2)
        return [byte]
    }

    private static func repetition(_ rest: inout Substring) -> Int? {
        guard rest.first == "*" else { return 1 }
        rest.removeFirst()
        let digits = rest.prefix { $0.isNumber }
        rest.removeFirst(digits.count)
        return Int(digits)
    }
}

/// A line that is not in the format of ``HexFile``.
package struct HexFileError: Error {
    /// Its number, from 1.
    package let line: Int
    /// What it says.
    package let text: String
}
