/// Writes a DICOM file around a data set that may be anything, with a meta header of its own (PS3.10 §7.1).
package func part10(
    sopClassUID: String,
    sopInstanceUID: String,
    transferSyntaxUID: String,
    dataSet: [UInt8]
) -> [UInt8] {
    var meta = RawDataSet(.explicitLittle)
    meta.add(0x0002, 0x0001, "OB", [0, 1])
    meta.add(0x0002, 0x0002, "UI", sopClassUID)
    meta.add(0x0002, 0x0003, "UI", sopInstanceUID)
    meta.add(0x0002, 0x0010, "UI", transferSyntaxUID)
    meta.add(0x0002, 0x0012, "UI", "1.2.826.0.1.3680043.2.1143.107.99")
    var length: [UInt8] = []
    length.append(little32: meta.bytes.count)
    var first = RawDataSet(.explicitLittle)
    first.add(0x0002, 0x0000, "UL", length)
    return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + first.bytes + meta.bytes + dataSet
}

extension RawDataSet {
    /// A small image whose pixel data is encapsulated (PS3.5 §A.4); the fragment is no real compressed image.
    package static func encapsulatedImage(sopClassUID: String = RawUID.ctImage, sopInstanceUID: String) -> [UInt8] {
        image(sopClassUID: sopClassUID, sopInstanceUID: sopInstanceUID, pixels: 0) {
            $0.add(0x7FE0, 0x0010, "OB", [], length: 0xFFFF_FFFF)
            $0.addTag(0xFFFE, 0xE000, length: 0)
            $0.addTag(0xFFFE, 0xE000, length: 300)
            $0.add(raw: (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) })
            $0.addTag(0xFFFE, 0xE0DD, length: 0)
        }
    }
}
