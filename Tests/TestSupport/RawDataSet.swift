/// A data set built element by element, in any of the three plain encodings (PS3.5 §7), right or wrong.
package struct RawDataSet: Sendable {
    package enum Encoding: String, Sendable {
        case implicitLittle = "1.2.840.10008.1.2"
        case explicitLittle = "1.2.840.10008.1.2.1"
        case explicitBig = "1.2.840.10008.1.2.2"
    }

    package let encoding: Encoding
    package private(set) var bytes: [UInt8] = []

    package init(_ encoding: Encoding = .explicitLittle) {
        self.encoding = encoding
    }

    /// Appends an element; `length` replaces the true length, `bytes` are appended as they are.
    package mutating func add(_ group: Int, _ element: Int, _ vr: String, _ value: [UInt8], length: Int? = nil) {
        add16(group)
        add16(element)
        let length = length ?? value.count
        if encoding == .implicitLittle {
            add32(length)
        } else {
            bytes += vr.utf8
            if ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "UC", "UN", "UR", "UT"].contains(vr) {
                bytes += [0, 0]
                add32(length)
            } else {
                add16(length)
            }
        }
        bytes += value
    }

    /// Appends an element with text, padded to even length as its VR wants.
    package mutating func add(_ group: Int, _ element: Int, _ vr: String, _ text: String) {
        add(group, element, vr, [UInt8](even: text, padding: vr == "UI" ? 0 : 0x20))
    }

    /// Appends an item, a delimiter or anything else that has a tag and a 32-bit length only.
    package mutating func addTag(_ group: Int, _ element: Int, length: Int) {
        add16(group)
        add16(element)
        add32(length)
    }

    /// Appends bytes as they are.
    package mutating func add(raw: [UInt8]) {
        bytes += raw
    }

    private mutating func add16(_ value: Int) {
        if encoding == .explicitBig { bytes.append(big16: value) } else { bytes.append(little16: value) }
    }

    private mutating func add32(_ value: Int) {
        if encoding == .explicitBig { bytes.append(big32: value) } else { bytes.append(little32: value) }
    }

    /// A small, complete image with the given identity; an identity that is nil is left out. `change` adds to its end.
    package static func image(
        _ encoding: Encoding = .explicitLittle,
        sopClassUID: String? = RawUID.ctImage,
        sopInstanceUID: String?,
        studyInstanceUID: String? = "1.2.3.4",
        seriesInstanceUID: String? = "1.2.3.4.5",
        pixels: Int = 512,
        _ change: (inout RawDataSet) -> Void = { _ in }
    ) -> [UInt8] {
        var dataSet = RawDataSet(encoding)
        if let sopClassUID { dataSet.add(0x0008, 0x0016, "UI", sopClassUID) }
        if let sopInstanceUID { dataSet.add(0x0008, 0x0018, "UI", sopInstanceUID) }
        dataSet.add(0x0008, 0x0060, "CS", "CT")
        dataSet.add(0x0010, 0x0010, "PN", "Raw^Peer")
        dataSet.add(0x0010, 0x0020, "LO", "4711")
        if let studyInstanceUID { dataSet.add(0x0020, 0x000D, "UI", studyInstanceUID) }
        if let seriesInstanceUID { dataSet.add(0x0020, 0x000E, "UI", seriesInstanceUID) }
        if pixels > 0 {
            dataSet.add(0x7FE0, 0x0010, "OW", (0..<pixels).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        }
        change(&dataSet)
        return dataSet.bytes
    }
}
