import ArgumentParser

/// A synthetic data set, made in memory and always the same.
enum Workload: String, CaseIterable, Codable, Sendable, ExpressibleByArgument {
    /// CT images of 512 × 512 pixels of 16 bits: 512 KiB each.
    case ct
    /// Structured reports and small radiographs of about 16 KiB.
    case small
    /// Multi-frame objects of 512 MiB.
    case large
    /// Secondary captures in JPEG Baseline of about 200 KiB, encapsulated.
    case jpeg
    /// One study of 300 instances as a scanner sends it: images, localizers, screen captures, reports.
    case study

    /// How many different instances are made: enough that they do not stay in a processor's cache.
    var defaultCount: Int {
        switch self {
        case .ct: 100
        case .small: 1_000
        case .large: 1
        case .jpeg: 200
        case .study: 300
        }
    }

    /// The instances. `count` and `largeBytes` make a data set small enough for a test.
    func instances(count: Int? = nil, largeBytes: Int = 512 << 20) throws -> [Instance] {
        try (0..<(count ?? defaultCount)).map { index in
            switch self {
            case .ct: try Self.ct(Place(study: 1, series: 1 + index / 25, instance: 1 + index))
            case .small:
                index % 2 == 0
                    ? try Self.radiograph(Place(study: 100 + index / 50, series: 1, instance: 1 + index))
                    : try Self.report(Place(study: 100 + index / 50, series: 2, instance: 1 + index))
            case .large: try Self.large(Place(study: 3, series: 1, instance: 1 + index), bytes: largeBytes)
            case .jpeg: try Self.jpeg(Place(study: 4, series: 1, instance: 1 + index))
            case .study: try Self.ofStudy(index)
            }
        }
    }

    private static func ofStudy(_ index: Int) throws -> Instance {
        switch index % 100 {
        case 0: try report(Place(study: 5, series: 9, instance: 1 + index))
        case 1...3: try jpeg(Place(study: 5, series: 8, instance: 1 + index))
        default: try ct(Place(study: 5, series: 1 + index % 100 / 50, instance: 1 + index))
        }
    }

    private static func ct(_ place: Place) throws -> Instance {
        var noise = Noise(seed: UInt64(1_000 + place.study << 20 + place.instance))
        var set = Headers.common(.ct, place)
        Headers.addCT(to: &set, place, &noise)
        Headers.addImage(to: &set, rows: 512, columns: 512, bits: 12)
        return try instance(.ct, place, set.encoded(pixels: 512 << 10, vr: "OW") { fillSlice($0, &noise) })
    }

    /// A round body of one density in air, with noise in the lowest six bits.
    private static func fillSlice(_ pixels: UnsafeMutableRawBufferPointer, _ noise: inout Noise) {
        for offset in stride(from: 0, to: pixels.count, by: 8) {
            let row = offset / 1_024 - 256
            let column = offset % 1_024 / 2 - 256
            let density: UInt64 = row * row + column * column < 200 * 200 ? 0x0410_0410_0410_0410 : 0
            pixels.storeBytes(of: density | noise.next() & 0x003F_003F_003F_003F, toByteOffset: offset, as: UInt64.self)
        }
    }

    private static func radiograph(_ place: Place) throws -> Instance {
        var noise = Noise(seed: UInt64(2_000_000 + place.instance))
        var set = Headers.common(.cr, place)
        let side = UInt16(80 + place.instance % 16)
        Headers.addImage(to: &set, rows: side, columns: side, bits: 16)
        return try instance(.cr, place, set.encoded(pixels: Int(side) * Int(side) * 2, vr: "OW") { noise.fill($0) })
    }

    /// A content tree of some sixty measurements (PS3.3 §C.17.3): many small nested elements.
    private static func report(_ place: Place) throws -> Instance {
        var set = Headers.common(.sr, place)
        set.text(0x0040_A040, "CS", "CONTAINER")
        set.text(0x0040_A050, "CS", "SEPARATE")
        set.text(0x0040_A491, "CS", "COMPLETE")
        set.text(0x0040_A493, "CS", "UNVERIFIED")
        set.code(0x0040_A043, "126000", "DCM", "Imaging Measurement Report")
        let items = (0..<(52 + place.instance % 16)).map { number in
            var unit = DataSetWriter()
            unit.text(0x0040_A30A, "DS", "\(number).125")
            unit.code(0x0040_08EA, "mm", "UCUM", "millimeter")
            var item = DataSetWriter()
            item.text(0x0040_A010, "CS", "CONTAINS")
            item.text(0x0040_A040, "CS", "NUM")
            item.code(0x0040_A043, "G-D7FE", "SRT", "Length")
            item.sequence(0x0040_A300, [unit])
            return item
        }
        set.sequence(0x0040_A730, items)
        return try instance(.sr, place, set.encoded())
    }

    private static func large(_ place: Place, bytes: Int) throws -> Instance {
        var noise = Noise(seed: UInt64(3_000_000 + place.instance))
        var set = Headers.common(.enhancedCT, place)
        set.text(0x0028_0008, "IS", "\(bytes / (512 << 10))")
        Headers.addImage(to: &set, rows: 512, columns: 512, bits: 16)
        return try instance(.enhancedCT, place, set.encoded(pixels: bytes, vr: "OW") { noise.fill($0) })
    }

    private static func jpeg(_ place: Place) throws -> Instance {
        var noise = Noise(seed: UInt64(4_000_000 + place.instance))
        var set = Headers.common(.secondaryCapture, place)
        set.text(0x0008_0064, "CS", "WSD")
        Headers.addImage(to: &set, rows: 768, columns: 1_024, bits: 8, samples: 3)
        let length = (190 << 10) + Int(noise.next() % (20 << 10)) & ~1
        // No FFH inside, which would be a marker (the receiver must not look, but the object stays plausible).
        let fragment = [0xFF, 0xD8] + noise.bytes(length).map { $0 == 0xFF ? 0xFE : $0 } + [0xFF, 0xD9]
        return try instance(.secondaryCapture, place, set.encoded(fragment: fragment), "1.2.840.10008.1.2.4.50")
    }

    private static func instance(
        _ sopClass: SOPClass,
        _ place: Place,
        _ dataSet: [UInt8],
        _ transferSyntaxUID: String = "1.2.840.10008.1.2.1"
    ) throws -> Instance {
        try Instance(
            sopClassUID: sopClass.uid,
            sopInstanceUID: place.sopInstanceUID,
            transferSyntaxUID: transferSyntaxUID,
            dataSet: dataSet
        )
    }
}
