import CDCMTKFixtures

/// What DCMTK, or the disk, refused.
struct FixtureError: Error, CustomStringConvertible {
    let description: String
}

/// One file being built by DCMTK.
///
/// *Resources*: DCMTK's data set, freed when this goes.
struct Fixture: ~Copyable {
    private let pointer: OpaquePointer

    init() throws {
        guard let pointer = cdcmtk_fixture_create() else { throw FixtureError(description: "no memory") }
        self.pointer = pointer
    }

    deinit {
        cdcmtk_fixture_release(pointer)
    }

    /// Sets an element; `path` is DCMTK's notation, `ContentSequence[0].TextValue`.
    func put(_ path: String, _ value: String) throws {
        try put(path, bytes: Array(value.utf8))
    }

    /// Sets an element to text in the data set's own character set.
    func put(_ path: String, bytes: [UInt8]) throws {
        try check(cdcmtk_fixture_put(pointer, path, bytes, bytes.count), path)
    }

    /// Sets a top-level element of bytes.
    func put(_ group: UInt16, _ element: UInt16, _ vr: String, _ bytes: [UInt8]) throws {
        try check(cdcmtk_fixture_put_bytes(pointer, group, element, vr, bytes, bytes.count), vr)
    }

    /// Sets a top-level element of 16-bit words.
    func put(_ group: UInt16, _ element: UInt16, words: [UInt16]) throws {
        try check(cdcmtk_fixture_put_words(pointer, group, element, words, words.count), "OW")
    }

    /// Sets native pixel data.
    func put(pixels: Pixels) throws {
        try put("SamplesPerPixel", pixels.isColor ? "3" : "1")
        try put("PhotometricInterpretation", pixels.isColor ? "RGB" : "MONOCHROME2")
        if pixels.isColor { try put("PlanarConfiguration", "0") }
        if pixels.frames > 1 { try put("NumberOfFrames", "\(pixels.frames)") }
        try put("Rows", "\(pixels.rows)")
        try put("Columns", "\(pixels.columns)")
        let bits = pixels.isColor ? 8 : 16
        try put("BitsAllocated", "\(bits)")
        try put("BitsStored", pixels.isColor ? "8" : "12")
        try put("HighBit", pixels.isColor ? "7" : "11")
        try put("PixelRepresentation", "0")
        if pixels.isColor {
            try put(0x7FE0, 0x0010, "OB", pixels.bytes)
        } else {
            try put(0x7FE0, 0x0010, words: pixels.words)
        }
    }

    /// Brings the pixel data, if any, into the transfer syntax.
    func compress(_ syntax: Syntax, frames: Int) throws {
        switch syntax.compression {
        case .none:
            break
        case .byDCMTK:
            try check(cdcmtk_fixture_compress(pointer, syntax.uid), "compression")
        case .raw(let stream):
            let frames = stream.isVideo ? 1 : frames
            let bytes = (0..<frames).flatMap { stream.frame($0) }
            try check(
                cdcmtk_fixture_encapsulate(pointer, syntax.carrierUID, bytes, bytes.count, frames, 1),
                "encapsulation"
            )
        }
    }

    /// Writes the file with file meta information that depends on nothing but its arguments.
    func save(_ path: String, _ syntax: Syntax, sopClassUID: String, sopInstanceUID: String, style: Style) throws {
        // PS3.10 Table 7.1-1.
        let meta: [(element: UInt16, value: String)] = [
            (0x0002, sopClassUID), (0x0003, sopInstanceUID), (0x0010, syntax.uid),
            (0x0012, UIDs.implementation), (0x0013, "FIXTURES_1"),
        ]
        for (element, value) in meta {
            try check(cdcmtk_fixture_put_meta(pointer, element, value), value)
        }
        try check(
            cdcmtk_fixture_save(
                pointer,
                path,
                syntax.carrierUID,
                style == .definedLengths || style == .groupLengths,
                style == .groupLengths
            ),
            path
        )
    }

    /// How the same data set can be written.
    enum Style: Sendable { case undefinedLengths, definedLengths, groupLengths }

    private func check(_ isDone: Bool, _ what: String) throws {
        guard isDone else { throw FixtureError(description: "DCMTK refuses \(what)") }
    }
}
