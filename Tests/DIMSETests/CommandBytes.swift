import Associations
import DIMSE
import NIOCore

/// Writes a command set byte by byte, right or wrong: what the encoder would never send.
struct CommandBytes {
    private(set) var bytes: [UInt8] = []

    /// An element of this raw value, claiming `length` bytes.
    func with(_ tag: CommandSet.Tag, _ value: [UInt8], length: UInt32? = nil) -> CommandBytes {
        var copy = self
        copy.bytes += tag.group.littleEndian + tag.element.littleEndian
        copy.bytes += (length ?? UInt32(value.count)).littleEndian + value
        return copy
    }

    func with(_ tag: CommandSet.Tag, _ values: UInt16...) -> CommandBytes {
        with(tag, values.flatMap(\.littleEndian))
    }

    func with(_ tag: CommandSet.Tag, _ text: String) -> CommandBytes {
        with(tag, Array(text.utf8))
    }

    func followed(by bytes: [UInt8]) -> CommandBytes {
        var copy = self
        copy.bytes += bytes
        return copy
    }

    var buffer: ByteBuffer { ByteBuffer(bytes: bytes) }

    /// A C-STORE-RQ, Message ID 7, without its UIDs.
    static let storeWithoutUIDs = CommandBytes()
        .with(.commandField, 0x0001).with(.messageID, 7).with(.priority, 0).with(.commandDataSetType, 0x0001)

    /// A C-STORE-RQ, Message ID 7, of these UIDs.
    static func store(classUID: String = "1.2.840.10008.5.1.4.1.1.2", instanceUID: String = "1.2.3.4") -> CommandBytes {
        storeWithoutUIDs.with(.affectedSOPClassUID, classUID).with(.affectedSOPInstanceUID, instanceUID)
    }
}

extension FixedWidthInteger {
    fileprivate var littleEndian: [UInt8] {
        (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) }
    }
}

/// Bytes from hexadecimal digits; a `#` begins a comment.
func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.split(separator: "\n")
        .flatMap { line in line.prefix { $0 != "#" } }
        .compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

extension ByteBuffer {
    var bytes: [UInt8] { Array(readableBytesView) }
}
