@testable import DataSets

/// Writes data sets by hand, right ones and wrong ones.
struct DataSetBuilder {
    var encoding: Encoding
    var bytes: [UInt8] = []

    init(_ encoding: Encoding = .explicitLittleEndian) {
        self.encoding = encoding
    }

    /// Four UIDs, a name and two numbers, as every image has them.
    static func minimal(_ encoding: Encoding = .explicitLittleEndian) -> DataSetBuilder {
        var builder = DataSetBuilder(encoding)
        builder.text(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.7\0")
        builder.text(0x0008_0018, "UI", "2.25.1\0\0")
        builder.text(0x0010_0010, "PN", "Doe^Jane")
        builder.text(0x0020_000D, "UI", "2.25.2\0\0")
        builder.text(0x0020_000E, "UI", "2.25.3\0\0")
        builder.element(0x0028_0010, "US", encoding == .explicitBigEndian ? [0, 2] : [2, 0])
        return builder
    }

    /// SOP Class and Instance UID, and nothing else.
    static var withoutSeries: DataSetBuilder {
        var builder = DataSetBuilder()
        builder.text(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.7\0")
        builder.text(0x0008_0018, "UI", "2.25.1\0\0")
        return builder
    }

    /// Sequences of defined length within each other, in implicit VR.
    static func nested(_ depth: Int) -> [UInt8] {
        (0..<depth).reduce(into: []) { inside, _ in
            var item = DataSetBuilder(.implicitLittleEndian)
            item.item(inside)
            var sequence = DataSetBuilder(.implicitLittleEndian)
            sequence.element(0x0040_A730, "SQ", item.bytes)
            inside = sequence.bytes
        }
    }

    mutating func text(_ tag: UInt32, _ vr: String, _ value: String) {
        element(tag, vr, Array(value.utf8))
    }

    mutating func element(_ tag: UInt32, _ vr: String, _ value: [UInt8]) {
        header(tag, vr, length: UInt32(value.count))
        bytes += value
    }

    /// A header with any length.
    mutating func header(_ tag: UInt32, _ vr: String, length: UInt32) {
        number16(UInt16(tag >> 16))
        number16(UInt16(tag & 0xFFFF))
        if encoding == .implicitLittleEndian || tag >> 16 == 0xFFFE {
            number32(length)
            return
        }
        bytes += Array(vr.utf8)
        if ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV", "ZZ"].contains(vr) {
            bytes += [0, 0]
            number32(length)
        } else {
            number16(UInt16(truncatingIfNeeded: length))
        }
    }

    /// Begins a sequence, an item or encapsulated pixel data of undefined length.
    mutating func open(_ tag: UInt32, _ vr: String = "SQ") {
        header(tag, vr, length: 0xFFFF_FFFF)
    }

    mutating func openItem() { open(0xFFFE_E000) }
    mutating func closeItem() { header(0xFFFE_E00D, "", length: 0) }
    mutating func closeSequence() { header(0xFFFE_E0DD, "", length: 0) }

    /// An item, or a fragment, of defined length.
    mutating func item(_ value: [UInt8]) {
        element(0xFFFE_E000, "", value)
    }

    mutating func raw(_ more: [UInt8]) {
        bytes += more
    }

    private mutating func number16(_ number: UInt16) {
        let number = encoding == .explicitBigEndian ? number.byteSwapped : number
        bytes += [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
    }

    private mutating func number32(_ number: UInt32) {
        let number = encoding == .explicitBigEndian ? number.byteSwapped : number
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) }
    }
}

extension Encoding {
    /// The transfer syntax that is this encoding and nothing else.
    var transferSyntaxUID: String {
        switch self {
        case .implicitLittleEndian: "1.2.840.10008.1.2"
        case .explicitLittleEndian: "1.2.840.10008.1.2.1"
        case .explicitBigEndian: "1.2.840.10008.1.2.2"
        }
    }
}
