import NIOCore
import TestSupport

/// The peer's bytes, cut as a socket gives them to a server that reads 256 KiB at a time.
struct Script {
    /// A-ASSOCIATE-RQ.
    let request = ByteBuffer(bytes: RawRequest().with { $0.maximumLength = 131_072 }.encoded())
    /// C-ECHO-RQ.
    let echo = [ByteBuffer(bytes: Script.command(RawCommand.echo(), context: 1))]
    /// A-RELEASE-RQ.
    static let release = ByteBuffer(bytes: RawPDU.releaseRQ.encoded())

    private static let readBytes = 262_144
    /// What the node offers, less the header of a presentation data value.
    private static let valueBytes = 262_144 - 6

    /// C-STORE-RQ and a data set of some 4 KiB of elements, nested ones among them, and its Pixel Data.
    func store(pixelBytes: Int, measurements: Int = 0) -> [ByteBuffer] {
        let uid = "2.25.1000000000000000000001"
        var bytes = Self.command(RawCommand.store(sopInstanceUID: uid), context: 3)
        let dataSet = Self.dataSet(uid, pixelBytes, measurements)
        for start in stride(from: 0, to: dataSet.count, by: Self.valueBytes) {
            let end = min(start + Self.valueBytes, dataSet.count)
            let value = RawPDV(context: 3, isCommand: false, isLast: end == dataSet.count, data: dataSet[start..<end])
            bytes += RawPDU.data([value]).encoded()
        }
        return stride(from: 0, to: bytes.count, by: Self.readBytes).map {
            ByteBuffer(bytes: bytes[$0..<min($0 + Self.readBytes, bytes.count)])
        }
    }

    private static func command(_ command: RawCommand, context: UInt8) -> [UInt8] {
        RawPDU.data([RawPDV(context: context, isCommand: true, isLast: true, data: command.encoded()[...])]).encoded()
    }

    private static func dataSet(_ uid: String, _ pixelBytes: Int, _ measurements: Int) -> [UInt8] {
        RawDataSet.image(sopInstanceUID: uid, pixels: 0) { set in
            // In the order of their tags: acquisition, geometry, a nested request, image, pixels.
            for element in 1...60 { set.add(0x0021, 0x1000 + element, "LO", "acquisition \(element)") }
            for element in 1...40 { set.add(0x0029, 0x1000 + element, "DS", "\(element).2345") }
            for sequence in 1...10 {
                set.add(0x0040, 0x0100 + sequence, "SQ", item(sequence))
            }
            if measurements > 0 { set.add(0x0040, 0xA730, "SQ", (1...measurements).flatMap(measurement)) }
            for element in 1...10 { set.add(0x0051, 0x1000 + element, "UI", "\(uid).\(element)") }
            set.add(0x7FE0, 0x0010, "OW", (0..<pixelBytes).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        }
    }

    /// A measurement in a report (PS3.3 §C.18.1): codes within values within items.
    private static func measurement(_ number: Int) -> [UInt8] {
        let unit = item { content in
            content.add(0x0040, 0x08EA, "SQ", item(number))
            content.add(0x0040, 0xA30A, "DS", "\(number).25")
        }
        return item { content in
            content.add(0x0040, 0xA010, "CS", "CONTAINS")
            content.add(0x0040, 0xA040, "CS", "NUM")
            content.add(0x0040, 0xA043, "SQ", item(number))
            content.add(0x0040, 0xA300, "SQ", unit)
        }
    }

    /// A code (PS3.3 §8.8).
    private static func item(_ number: Int) -> [UInt8] {
        item { content in
            content.add(0x0008, 0x0100, "SH", "CODE\(number)")
            content.add(0x0008, 0x0102, "SH", "99HOT")
            content.add(0x0008, 0x0104, "LO", "Meaning of code \(number)")
        }
    }

    private static func item(_ fill: (inout RawDataSet) -> Void) -> [UInt8] {
        var content = RawDataSet()
        fill(&content)
        var item = RawDataSet()
        item.addTag(0xFFFE, 0xE000, length: content.bytes.count)
        item.add(raw: content.bytes)
        return item.bytes
    }
}
