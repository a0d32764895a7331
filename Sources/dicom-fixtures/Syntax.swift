/// A transfer syntax, and how a fixture gets into it.
struct Syntax: Sendable {
    /// In the file's name.
    let name: String
    let uid: String
    /// The one that DCMTK is told, where it does not know `uid`: the same encoding around other bytes.
    let carrierUID: String
    let compression: Compression

    enum Compression: Sendable {
        case none
        case byDCMTK
        /// DCMTK cannot make it: bytes that begin and end as such a stream does, and are none.
        case raw(RawStream)
    }

    private init(_ name: String, _ uid: String, _ compression: Compression, carrierUID: String? = nil) {
        self.name = name
        self.uid = uid
        self.compression = compression
        self.carrierUID = carrierUID ?? uid
    }

    /// For every object.
    static let uncompressed = [
        Syntax("implicit", "1.2.840.10008.1.2", .none),
        Syntax("explicit", "1.2.840.10008.1.2.1", .none),
        Syntax("big-endian", "1.2.840.10008.1.2.2", .none),
        Syntax("deflated", "1.2.840.10008.1.2.1.99", .none),
    ]

    /// For every image.
    static let lossless = [
        Syntax("jpeg-lossless", "1.2.840.10008.1.2.4.70", .byDCMTK),
        Syntax("jpeg-ls", "1.2.840.10008.1.2.4.80", .byDCMTK),
        Syntax("rle", "1.2.840.10008.1.2.5", .byDCMTK),
        Syntax("jpeg-2000", "1.2.840.10008.1.2.4.90", .raw(.jpeg2000)),
        // DCMTK 3.6.7 does not know High-Throughput JPEG 2000.
        Syntax("htj2k", "1.2.840.10008.1.2.4.201", .raw(.jpeg2000), carrierUID: "1.2.840.10008.1.2.4.90"),
    ]

    /// For colour images of 8 bits.
    static let video = [
        Syntax("jpeg-baseline", "1.2.840.10008.1.2.4.50", .byDCMTK),
        Syntax("mpeg-4", "1.2.840.10008.1.2.4.102", .raw(.mpeg4)),
    ]
}

/// The beginning and the end of a compressed stream, with a pattern between.
struct RawStream: Sendable {
    private let beginning: [UInt8]
    private let end: [UInt8]
    /// All frames are one stream.
    let isVideo: Bool

    private init(beginning: [UInt8], end: [UInt8], isVideo: Bool = false) {
        self.beginning = beginning
        self.end = end
        self.isVideo = isVideo
    }

    /// A codestream from SOC and SIZ to EOC (ISO/IEC 15444-1 Annex A).
    static let jpeg2000 = RawStream(beginning: [0xFF, 0x4F, 0xFF, 0x51], end: [0xFF, 0xD9])

    /// A transport stream's first packet (ISO/IEC 13818-1 §2.4.3), which DICOM allows for MPEG-4 (PS3.5 §8.2.7).
    static let mpeg4 = RawStream(beginning: [0x47, 0x40, 0x00, 0x10], end: [0xFF, 0xFF], isVideo: true)

    /// The bytes that stand for frame `number`: more than a fragment of 1 KiB, and all values.
    func frame(_ number: Int) -> [UInt8] {
        beginning + (0..<1100).map { UInt8(truncatingIfNeeded: $0 * 7 + number) } + end
    }
}
