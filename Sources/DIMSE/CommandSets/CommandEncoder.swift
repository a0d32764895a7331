import struct NIOCore.ByteBuffer

/// Writes a command set, implicit VR little endian (PS3.7 §6.3.1). The caller writes the tags in ascending order.
struct CommandEncoder {
    private var bytes: [UInt8] = []
    /// (0000,0000), length 4, value.
    private static let groupLengthSize = 12

    /// Room for two UIDs, an Error Comment and every other element of a request or response, in bytes: one allocation.
    static let usualSize = 320

    /// An encoder with room for `count` bytes of elements; it grows if there are more.
    init(reserving count: Int) {
        bytes.reserveCapacity(count + Self.groupLengthSize)
        append(UInt32(0))
        append(UInt32(4))
        append(UInt32(0))
    }

    /// Writes a US element of one value.
    mutating func write(_ value: UInt16, as tag: CommandSet.Tag) {
        append(tag, length: 2)
        append(value)
    }

    /// Writes an AT element of one value.
    mutating func write(_ value: CommandSet.Tag, as tag: CommandSet.Tag) {
        append(tag, length: 4)
        append(value.group)
        append(value.element)
    }

    /// Writes an element of raw bytes, padded to an even length by the rule of its VR.
    mutating func write(_ value: [UInt8], as tag: CommandSet.Tag) {
        append(tag, length: UInt32(clamping: value.count + value.count % 2))
        bytes += value
        if !value.count.isMultiple(of: 2) { bytes.append(tag.padding) }
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
        let length = UInt32(clamping: bytes.count - Self.groupLengthSize)
        for index in 0..<4 { bytes[8 + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index))) }
        return ByteBuffer(bytes: bytes)
    }

    private mutating func append(_ tag: CommandSet.Tag, length: UInt32) {
        append(tag.group)
        append(tag.element)
        append(length)
    }

    private mutating func append(_ value: UInt16) {
        bytes.append(UInt8(truncatingIfNeeded: value))
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    }

    private mutating func append(_ value: UInt32) {
        append(UInt16(truncatingIfNeeded: value))
        append(UInt16(truncatingIfNeeded: value >> 16))
    }
}
