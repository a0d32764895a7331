/// A DICOM file split at the end of its meta header, read by rules of its own so that tests do not trust what they test
/// (PS3.10 §7.1).
package struct Part10File: Sendable {
    /// Values of group 0002 by element number, padding included.
    package let meta: [UInt16: [UInt8]]
    /// The preamble, 128 bytes.
    package let preamble: [UInt8]
    /// Everything after the meta header.
    package let dataSet: [UInt8]
    /// Where the file was read from.
    package let path: String

    package var sopClassUID: String { text(0x0002) }
    package var sopInstanceUID: String { text(0x0003) }
    package var transferSyntaxUID: String { text(0x0010) }

    /// Reads the file.
    package init(path: String) throws {
        let bytes = try contents(of: path)
        guard bytes.count > 132, bytes[128..<132].elementsEqual("DICM".utf8) else {
            throw ProcessError("\(path) is not a DICOM file")
        }
        preamble = Array(bytes[..<128])
        var meta: [UInt16: [UInt8]] = [:]
        var offset = 132
        // Group 0002 is explicit little endian whatever follows it, and as long as its group length says: a data set
        // may begin with elements of group 0002 of its own.
        guard bytes.count >= 144, Array(bytes[132..<140]) == [2, 0, 0, 0, 0x55, 0x4C, 4, 0] else {
            throw ProcessError("\(path): no File Meta Information Group Length")
        }
        let end = 144 + bytes.little32(at: 140)
        while offset < end, offset + 8 <= bytes.count {
            let element = UInt16(bytes[offset + 2]) | UInt16(bytes[offset + 3]) << 8
            let isLong = ["OB", "UN", "UT"].contains(String(decoding: bytes[offset + 4..<offset + 6], as: UTF8.self))
            let at = isLong ? offset + 8 : offset + 6
            guard at + 4 <= bytes.count else { throw ProcessError("\(path): the meta header is cut off") }
            var length = Int(bytes[at]) | Int(bytes[at + 1]) << 8
            if isLong { length |= Int(bytes[at + 2]) << 16 | Int(bytes[at + 3]) << 24 }
            offset = at + (isLong ? 4 : 2)
            guard offset + length <= bytes.count else { throw ProcessError("\(path): the meta header is cut off") }
            meta[element] = Array(bytes[offset..<offset + length])
            offset += length
        }
        guard offset == end else { throw ProcessError("\(path): File Meta Information Group Length is wrong") }
        self.meta = meta
        self.path = path
        dataSet = Array(bytes[offset...])
    }

    /// The text of an element of group 0002 without its padding.
    package func text(_ element: UInt16) -> String {
        let value = meta[element] ?? []
        return String(decoding: value, as: UTF8.self).trimmingPadding()
    }
}

extension String {
    /// Without NUL and space at the end.
    package func trimmingPadding() -> String {
        var copy = self
        while let last = copy.unicodeScalars.last, last == "\0" || last == " " { copy.unicodeScalars.removeLast() }
        return copy
    }
}
