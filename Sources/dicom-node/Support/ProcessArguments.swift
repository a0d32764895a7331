import CLinux
import Glibc

/// What the process was started with.
///
/// Arguments are bytes, and ArgumentParser takes texts. A byte that is no UTF-8 becomes a character of its own, one of
/// the last 256 of Unicode, which are for private use; `bytes(of:)` makes it a byte again.
enum ProcessArguments {
    private static let escapes: UInt32 = 0x10_FF00

    /// The arguments behind the program's name.
    static var texts: [String] {
        var texts: [String] = []
        var index: Int32 = 1
        while let argument = linux_argument(index) {
            texts.append(
                text(
                    of: Array(
                        UnsafeBufferPointer(start: argument, count: strlen(argument)).map(UInt8.init(bitPattern:))
                    )
                )
            )
            index += 1
        }
        return texts
    }

    /// Texts differ where bytes do.
    static func text(of bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var position = 0
        func escape(_ count: Int) {
            for byte in bytes[position..<position + count] {
                if let scalar = Unicode.Scalar(escapes + UInt32(byte)) { text.append(scalar) }
            }
        }
        while true {
            switch parser.parseScalar(from: &rest) {
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                if scalar.value < escapes { text.append(scalar) } else { escape(encoded.count) }
                position += encoded.count
            case .error(let length):
                escape(length)
                position += length
            case .emptyInput:
                return String(text)
            }
        }
    }

    /// The bytes that an argument was.
    static func bytes(of text: String) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar in
            scalar.value < escapes
                ? Array(String(scalar).utf8) : [UInt8(truncatingIfNeeded: scalar.value - escapes)]
        }
    }
}
