import struct NIOCore.ByteBuffer

/// Writes a command set, implicit VR little endian (PS3.7 §6.3.1). The caller writes the tags in ascending order.
struct CommandEncoder {
    private var bytes: ByteBuffer
    /// (0000,0000), length 4, value.
    private static let groupLengthSize = 12

    /// Room for two UIDs, an Error Comment and every other element of a request or response, in bytes: one allocation.
    static let usualSize = 320

    /// An encoder with room for `count` bytes of elements; it grows if there are more.
    init(reserving count: Int) {
        bytes = ByteBuffer()
        bytes.reserveCapacity(count + Self.groupLengthSize)
        bytes.writeMultipleIntegers(UInt32(0), UInt32(4), UInt32(0), endianness: .little)
    }

    /// Writes a US element of one value.
    mutating func write(_ value: UInt16, as tag: CommandSet.Tag) {
        bytes.writeMultipleIntegers(tag.group, tag.element, UInt32(2), value, endianness: .little)
    }

    /// Writes an AT element of one value.
    mutating func write(_ value: CommandSet.Tag, as tag: CommandSet.Tag) {
        bytes.writeMultipleIntegers(
            tag.group,
            tag.element,
            UInt32(4),
            value.group,
            value.element,
            endianness: .little
        )
    }

    /// Writes an element of raw bytes, padded to an even length by the rule of its VR.
    mutating func write(_ value: [UInt8], as tag: CommandSet.Tag) {
        let length = UInt32(clamping: value.count + value.count % 2)
        bytes.writeMultipleIntegers(tag.group, tag.element, length, endianness: .little)
        bytes.writeBytes(value)
        if !value.count.isMultiple(of: 2) { bytes.writeInteger(tag.padding) }
    }

    /// Writes what every response without a data set has in common, (0000,0100) to (0000,0900).
    mutating func writeResponse(_ field: CommandField, to messageID: UInt16, status: Status) {
        write(field.rawValue, as: .commandField)
        write(messageID, as: .messageIDBeingRespondedTo)
        write(DataSetType.null, as: .commandDataSetType)
        write(status.rawValue, as: .status)
    }

    /// The command set, its group length filled in: the bytes that follow that element.
    consuming func finished() -> ByteBuffer {
        let length = UInt32(clamping: bytes.readableBytes - Self.groupLengthSize)
        bytes.setInteger(length, at: bytes.readerIndex + 8, endianness: .little)
        return bytes
    }
}
