/// Bytes of PDUs as no encoder of ours writes them: any length, anywhere.
enum Raw {
    /// - Parameter length: What the PDU claims, if not the truth.
    static func pdu(_ type: UInt8, _ body: [UInt8], length: UInt32? = nil) -> [UInt8] {
        [type, 0] + bigEndian(length ?? UInt32(body.count)) + body
    }

    /// - Parameter length: What the item claims, if not the truth.
    static func item(_ type: UInt8, _ content: [UInt8], length: UInt16? = nil) -> [UInt8] {
        [type, 0] + bigEndian(length ?? UInt16(content.count)) + content
    }

    /// Version, titles and reserved bytes.
    static let fixedFields: [UInt8] =
        [0, 1, 0, 0] + Array("DICOMNODE       MODALITY        ".utf8) + [UInt8](repeating: 0, count: 32)

    static let applicationContext = item(0x10, Array("1.2.840.10008.3.1.1.1".utf8))

    /// An A-ASSOCIATE-RQ of the fixed fields, the application context and these items.
    static func associateRQ(_ items: [UInt8], length: UInt32? = nil) -> [UInt8] {
        pdu(1, fixedFields + applicationContext + items, length: length)
    }

    /// A presentation context of these sub-items.
    static func context(_ subItems: [UInt8], length: UInt16? = nil) -> [UInt8] {
        item(0x20, [1, 0, 0, 0] + subItems, length: length)
    }

    /// A user information item of these sub-items.
    static func userInformation(_ subItems: [UInt8], length: UInt16? = nil) -> [UInt8] {
        item(0x50, subItems, length: length)
    }

    /// A field with its length in front of it.
    static func prefixed(_ text: String, length: UInt16? = nil) -> [UInt8] {
        bigEndian(length ?? UInt16(text.utf8.count)) + Array(text.utf8)
    }

    /// A presentation data value.
    static func value(_ data: [UInt8], control: UInt8 = 2, length: UInt32? = nil) -> [UInt8] {
        bigEndian(length ?? UInt32(data.count + 2)) + [1, control] + data
    }

    static func bigEndian<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}
