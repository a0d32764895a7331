/// What stands before a file's data set (PS3.10 §7.1), as real writers have it: of any length, in implicit VR or big
/// endian against the standard, without preamble, or not there at all.
struct FileHead: Equatable {
    var sopClassUID = ""
    var sopInstanceUID = ""
    var transferSyntaxUID = ""
    var dataSetOffset: Int
    /// It has the prefix `DICM` where PS3.10 puts it: the file is meant to be DICOM.
    var hasPrefix = false

    private static let preambleLength = 128
    private static let prefix = Array("DICM".utf8)
    private static let group: UInt16 = 0x0002
    /// A UID has at most 64 characters (PS3.5 §9.1); writers pad generously.
    static let uidBytes = 256

    /// Reads the head of a file.
    ///
    /// *Errors*: the file cannot be read, or ends inside group 0002.
    static func read(_ reader: inout HeadReader) throws(InstanceFile.Unreadable) -> FileHead {
        var head = FileHead(dataSetOffset: 0)
        if try reader.bytes(at: preambleLength, count: prefix.count)?.elementsEqual(prefix) == true {
            head.hasPrefix = true
            head.dataSetOffset = preambleLength + prefix.count
        } else if try reader.bytes(at: 0, count: prefix.count)?.elementsEqual(prefix) == true {
            head.dataSetOffset = prefix.count
        }
        try head.walk(&reader)
        return head
    }

    /// Walks the elements of group 0002 from `dataSetOffset` on.
    ///
    /// Where the group length (0002,0000) points to the end of an element behind the transfer syntax, the data set
    /// begins there, though it may begin with elements of group 0002 of its own; any other group length is wrong, and
    /// all of group 0002 is head.
    private mutating func walk(_ reader: inout HeadReader) throws(InstanceFile.Unreadable) {
        let start = dataSetOffset
        guard let first = try reader.bytes(at: start, count: 2).map(Array.init) else { return }
        let isBigEndian = first == [0x00, 0x02]
        var declaredEnd: Int?
        while dataSetOffset != declaredEnd || transferSyntaxUID.isEmpty,
            let element = try HeadElement(&reader, at: dataSetOffset, isBigEndian: isBigEndian),
            element.group == Self.group
        {
            guard element.valueEnd <= reader.file.length else {
                throw InstanceFile.Unreadable(
                    "the file ends inside its File Meta Information",
                    isOtherThanDICOM: !hasPrefix
                )
            }
            if element.element == 0x0000, dataSetOffset == start, element.valueLength == 4 {
                let value = try reader.bytes(at: element.valueOffset, count: 4) ?? []
                declaredEnd = element.valueEnd + HeadElement.number(value, isBigEndian)
            }
            try take(element, &reader)
            dataSetOffset = element.valueEnd
        }
    }

    private mutating func take(_ element: HeadElement, _ reader: inout HeadReader) throws(InstanceFile.Unreadable) {
        guard [0x0002, 0x0003, 0x0010].contains(element.element), element.valueLength <= Self.uidBytes,
            let value = try reader.bytes(at: element.valueOffset, count: element.valueLength)
        else { return }
        let text = Self.text(value)
        switch element.element {
        case 0x0002: sopClassUID = text
        case 0x0003: sopInstanceUID = text
        default: transferSyntaxUID = text
        }
    }

    /// Without padding: NULs and blanks at either end.
    static func text(_ value: ArraySlice<UInt8>) -> String {
        let isPadding = { (byte: UInt8) in byte == 0x00 || byte == 0x20 }
        var value = value.drop(while: isPadding)
        while let last = value.last, isPadding(last) { value.removeLast() }
        return String(decoding: value, as: UTF8.self)
    }
}
