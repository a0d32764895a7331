import TestSupport

/// Parts of PDUs as no encoder of ours writes them: any length, anywhere.
enum Raw {
    /// Version, titles and reserved bytes.
    static let fixedFields: [UInt8] =
        [0, 1, 0, 0] + Array("DICOMNODE       MODALITY        ".utf8) + [UInt8](repeating: 0, count: 32)

    static let applicationContext = rawItem(0x10, Array("1.2.840.10008.3.1.1.1".utf8))

    /// An A-ASSOCIATE-RQ of the fixed fields, the application context and these items.
    static func associateRQ(_ items: [UInt8], length: Int? = nil) -> [UInt8] {
        rawPDU(1, fixedFields + applicationContext + items, length: length)
    }

    /// A presentation context of these sub-items.
    static func context(_ subItems: [UInt8], length: Int? = nil) -> [UInt8] {
        rawItem(0x20, [1, 0, 0, 0] + subItems, length: length)
    }

    /// A user information item of these sub-items.
    static func userInformation(_ subItems: [UInt8], length: Int? = nil) -> [UInt8] {
        rawItem(0x50, subItems, length: length)
    }

    /// A field with its length in front of it.
    static func prefixed(_ text: String, length: Int? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(big16: length ?? text.utf8.count)
        return bytes + Array(text.utf8)
    }

    /// A presentation data value.
    static func value(_ data: [UInt8], control: UInt8 = 2, length: Int? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(big32: length ?? data.count + 2)
        return bytes + [1, control] + data
    }
}
