/// Builds a data set in Explicit VR Little Endian (PS3.5 §7.1.2), its elements sorted by tag.
struct DataSetWriter: Sendable {
    private var elements: [(tag: UInt32, bytes: [UInt8])] = []

    /// VRs with a 32-bit length (PS3.5 Table 7.1-1).
    static let longFormVRs: Set<String> = [
        "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV",
    ]

    /// A text value, padded to an even length.
    mutating func text(_ tag: UInt32, _ vr: String, _ value: String) {
        var bytes = Array(value.utf8)
        if bytes.count % 2 == 1 { bytes.append(vr == "UI" ? 0 : 0x20) }
        self.bytes(tag, vr, bytes)
    }

    /// One or more values of VR US.
    mutating func unsigned(_ tag: UInt32, _ values: UInt16...) {
        bytes(tag, "US", values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
    }

    /// A value as it is.
    mutating func bytes(_ tag: UInt32, _ vr: String, _ value: [UInt8]) {
        elements.append((tag, Self.header(tag, vr, length: UInt32(value.count)) + value))
    }

    /// A sequence of items of defined length.
    mutating func sequence(_ tag: UInt32, _ items: [DataSetWriter]) {
        let body = items.flatMap { item in
            let content = item.encoded()
            return [0xFE, 0xFF, 0x00, 0xE0] + Self.littleEndian(UInt32(content.count)) + content
        }
        bytes(tag, "SQ", body)
    }

    /// A code (PS3.3 §8.8) as the only item of a sequence.
    mutating func code(_ tag: UInt32, _ value: String, _ scheme: String, _ meaning: String) {
        var item = DataSetWriter()
        item.text(0x0008_0100, "SH", value)
        item.text(0x0008_0102, "SH", scheme)
        item.text(0x0008_0104, "LO", meaning)
        sequence(tag, [item])
    }

    /// The elements, and after them Pixel Data of `pixels` bytes that `fill` writes in place (it is too large to copy).
    func encoded(pixels: Int, vr: String, fill: (UnsafeMutableRawBufferPointer) -> Void) -> [UInt8] {
        let front = encoded() + Self.header(0x7FE0_0010, vr, length: UInt32(pixels))
        return [UInt8](unsafeUninitializedCapacity: front.count + pixels) { buffer, count in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            raw.copyBytes(from: front)
            fill(UnsafeMutableRawBufferPointer(rebasing: raw[front.count...]))
            count = front.count + pixels
        }
    }

    /// The elements, and after them Pixel Data as one encapsulated fragment (PS3.5 §A.4).
    func encoded(fragment: [UInt8]) -> [UInt8] {
        var bytes = encoded() + Self.header(0x7FE0_0010, "OB", length: .max)
        bytes += [0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0]
        bytes += [0xFE, 0xFF, 0x00, 0xE0] + Self.littleEndian(UInt32(fragment.count)) + fragment
        return bytes + [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]
    }

    /// The elements.
    func encoded() -> [UInt8] { elements.sorted { $0.tag < $1.tag }.flatMap(\.bytes) }

    static func littleEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private static func header(_ tag: UInt32, _ vr: String, length: UInt32) -> [UInt8] {
        let group = UInt16(truncatingIfNeeded: tag >> 16)
        let element = UInt16(truncatingIfNeeded: tag)
        let front = [group, element].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let size = littleEndian(length)
        return front + Array(vr.utf8) + (longFormVRs.contains(vr) ? [0, 0] + size : Array(size.prefix(2)))
    }
}
