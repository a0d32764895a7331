import TestSupport

/// An instance that a sender makes up. Its bytes follow from these numbers, so that they need not be kept.
struct SentInstance: Hashable, Sendable {
    /// What makes it different from those of other rounds.
    let seed: UInt64
    let sender: Int
    let number: Int
    /// Bytes of pixel data.
    let pixels: Int
    /// Instances of a sender that share it are of one study.
    let study: Int

    var sopInstanceUID: String { "1.2.826.0.1.3680043.2.1143.107.99.\(seed).\(sender).\(number)" }

    /// The data set, in explicit little endian.
    var dataSet: [UInt8] {
        let start = (number &* 977 &+ sender &* 131) % 4096
        let study = "1.2.826.0.1.3680043.2.1143.107.99.\(seed).\(sender).0.\(self.study)"
        return RawDataSet.image(
            sopInstanceUID: sopInstanceUID,
            studyInstanceUID: study,
            seriesInstanceUID: study + ".1",
            pixels: 0
        ) {
            $0.add(0x7FE0, 0x0010, "OW", Array(Self.noise[start..<start + pixels]))
        }
    }

    /// The longest pixel data.
    static let pixelsMax = 3 << 20

    /// Random bytes, of which each instance has another section.
    private static let noise: [UInt8] = {
        var generator = SeededGenerator(seed: 0x6E6F_6973_65)
        return [UInt8](unsafeUninitializedCapacity: pixelsMax + 4096) { buffer, count in
            let words = UnsafeMutableRawBufferPointer(buffer).bindMemory(to: UInt64.self)
            for index in words.indices { words[index] = generator.next() }
            count = buffer.count
        }
    }()
}
