extension FileMetaInformation {
    /// Why bytes are not the head of a DICOM file.
    package enum ParsingError: Error, Hashable, Sendable {
        /// The head goes on beyond the bytes given.
        case incomplete
        /// No `DICM` prefix.
        case noPrefix
        /// Group 0002 is not what PS3.10 §7.1 says, or names no transfer syntax.
        case malformed
    }

    /// Reads the head of a file.
    ///
    /// It ends where its group length says, if an element does: the data set behind it may begin with elements of group
    /// 0002 too. Without a group length, or with a wrong one, it ends where another group begins.
    ///
    /// - Parameter bytes: The first bytes of the file.
    /// - Returns: The meta information, and the offset of the data set's first byte.
    package static func parse(
        _ bytes: UnsafeRawBufferPointer
    ) throws(ParsingError) -> (meta: FileMetaInformation, dataSetOffset: Int) {
        let start = preambleLength + prefix.count
        guard bytes.count >= start else { throw .incomplete }
        guard bytes[preambleLength..<start].elementsEqual(prefix) else { throw .noPrefix }
        var meta = FileMetaInformation(
            mediaStorageSOPClassUID: "",
            mediaStorageSOPInstanceUID: "",
            transferSyntaxUID: "",
            implementationClassUID: ""
        )
        var offset = start
        var announced: Int?
        while offset != announced || meta.transferSyntaxUID.isEmpty, let header = try ElementHeader(bytes, at: offset) {
            let (end, overflow) = header.valueOffset.addingReportingOverflow(header.valueLength)
            guard !overflow, end <= bytes.count else { throw .incomplete }
            let value = bytes[header.valueOffset..<end]
            switch header.element {
            case 0x0000 where offset == start && value.count == 4:
                announced = end + Int(bytes.littleEndian(UInt32.self, at: header.valueOffset))
            case 0x0002: meta.mediaStorageSOPClassUID = text(value)
            case 0x0003: meta.mediaStorageSOPInstanceUID = text(value)
            case 0x0010: meta.transferSyntaxUID = text(value)
            case 0x0012: meta.implementationClassUID = text(value)
            case 0x0013: meta.implementationVersionName = text(value)
            case 0x0016: meta.sourceApplicationEntityTitle = text(value)
            case 0x0018: meta.receivingApplicationEntityTitle = text(value)
            default: break
            }
            offset = end
        }
        guard !meta.transferSyntaxUID.isEmpty else { throw .malformed }
        return (meta, offset)
    }

    /// A value without its padding: trailing NULs (UI) and surrounding spaces (SH, AE).
    private static func text(_ value: Slice<UnsafeRawBufferPointer>) -> String {
        var value = value.drop { $0 == 0x20 }
        while let last = value.last, last == 0x00 || last == 0x20 { value = value.dropLast() }
        return String(decoding: value, as: UTF8.self)
    }
}

/// The header of an element of group 0002, in Explicit VR Little Endian (PS3.5 §7.1.2).
private struct ElementHeader {
    var element: UInt16
    var valueOffset: Int
    var valueLength: Int

    /// Nil where another group begins, or the file ends.
    init?(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileMetaInformation.ParsingError) {
        guard bytes.count - offset >= 2 else { return nil }
        guard bytes.littleEndian(UInt16.self, at: offset) == 0x0002 else { return nil }
        guard bytes.count - offset >= 8 else { throw .incomplete }
        element = bytes.littleEndian(UInt16.self, at: offset + 2)
        let vr = String(decoding: bytes[offset + 4..<offset + 6], as: UTF8.self)
        guard Self.vrsWithLongLength.contains(vr) else {
            valueOffset = offset + 8
            valueLength = Int(bytes.littleEndian(UInt16.self, at: offset + 6))
            return
        }
        guard bytes.count - offset >= 12 else { throw .incomplete }
        valueOffset = offset + 12
        valueLength = Int(bytes.littleEndian(UInt32.self, at: offset + 8))
    }

    private static let vrsWithLongLength: Set<String> = [
        "OB", "OW", "UN", "UT", "OD", "OF", "OL", "OV", "SQ", "UC", "UR",
    ]
}

extension UnsafeRawBufferPointer {
    fileprivate func littleEndian<Integer: FixedWidthInteger>(_: Integer.Type, at offset: Int) -> Integer {
        Integer(littleEndian: loadUnaligned(fromByteOffset: offset, as: Integer.self))
    }
}
