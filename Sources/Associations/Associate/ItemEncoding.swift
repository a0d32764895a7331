import struct NIOCore.ByteBuffer

/// The place of a length that is written when what it counts has been.
struct LengthMark {
    fileprivate let index: Int
}

extension ByteBuffer {
    /// Begins an A-ASSOCIATE PDU with its fixed fields (PS3.8 Tables 9-11 and 9-17).
    mutating func beginAssociate(_ type: PDUType, _ version: UInt16, _ called: AETitle, _ calling: AETitle)
        -> LengthMark
    {
        writeInteger(type.rawValue)
        writeInteger(UInt8(0))
        let mark = LengthMark(index: writerIndex)
        writeInteger(UInt32(0))
        writeInteger(version)
        writeInteger(UInt16(0))
        writeBytes(called.asSent)
        writeBytes(calling.asSent)
        writeRepeatingByte(0, count: 32)
        return mark
    }

    /// Writes the length of the PDU that began at the mark.
    mutating func endPDU(_ mark: LengthMark) throws(PDUEncodingError) {
        let length = writerIndex - mark.index - 4
        guard let value = UInt32(exactly: length) else { throw PDUEncodingError("PDU of \(length) bytes") }
        setInteger(value, at: mark.index)
    }

    mutating func beginItem(_ type: ItemType) -> LengthMark { beginItem(type.rawValue) }

    /// Begins an item: type, reserved byte, length.
    mutating func beginItem(_ type: UInt8, second: UInt8 = 0) -> LengthMark {
        writeInteger(type)
        writeInteger(second)
        return beginLength()
    }

    mutating func beginLength() -> LengthMark {
        let mark = LengthMark(index: writerIndex)
        writeInteger(UInt16(0))
        return mark
    }

    /// Writes the length of what was written since the mark.
    mutating func endItem(_ mark: LengthMark) throws(PDUEncodingError) {
        let length = writerIndex - mark.index - 2
        guard let value = UInt16(exactly: length) else { throw PDUEncodingError("item of \(length) bytes") }
        setInteger(value, at: mark.index)
    }

    mutating func writeItem(_ type: ItemType, _ bytes: [UInt8]) throws(PDUEncodingError) {
        let mark = beginItem(type)
        writeBytes(bytes)
        try endItem(mark)
    }

    mutating func writeLengthPrefixed(_ bytes: [UInt8]) throws(PDUEncodingError) {
        let mark = beginLength()
        writeBytes(bytes)
        try endItem(mark)
    }
}
