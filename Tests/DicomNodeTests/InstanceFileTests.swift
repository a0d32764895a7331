import TestSupport
import Testing

@testable import dicom_node

@Suite("Files as real writers make them, read by send")
struct InstanceFileTests {
    private func read(_ name: String) throws -> InstanceFile {
        try InstanceFile.read(PathBytes(Fixtures.path + "/cases/part10/\(name).dcm"))
    }

    @Test("the UIDs are those of the data set; the File Meta Information counts where it has none")
    func identity() throws {
        #expect(try read("meta-instance-differs").sopInstanceUID == "1.2.3.4.5")
        #expect(try read("meta-class-differs").sopClassUID == "1.2.840.10008.5.1.4.1.1.7")
        #expect(try read("meta-no-class-no-instance").sopInstanceUID == "1.2.3.4.5")
        let directory = try TemporaryDirectory()
        let path = try directory.write(
            part10(
                sopClassUID: RawUID.ctImage,
                sopInstanceUID: "1.2.3",
                transferSyntaxUID: RawUID.explicitLittle,
                dataSet: RawDataSet.image(sopClassUID: nil, sopInstanceUID: nil)
            ),
            to: "no-identity"
        )
        let file = try InstanceFile.read(PathBytes(path))
        #expect(file.sopClassUID == RawUID.ctImage && file.sopInstanceUID == "1.2.3")
    }

    @Test(
        "the UIDs are found behind values of megabytes, and behind sequences and Pixel Data, in every encoding",
        arguments: [RawDataSet.Encoding.explicitLittle, .implicitLittle, .explicitBig]
    )
    func lateIdentity(encoding: RawDataSet.Encoding) throws {
        let directory = try TemporaryDirectory()
        func read(_ change: (inout RawDataSet) -> Void) throws -> InstanceFile {
            var dataSet = RawDataSet(encoding)
            change(&dataSet)
            dataSet.add(0x0008, 0x0016, "UI", RawUID.ctImage)
            dataSet.add(0x0008, 0x0018, "UI", "1.2.3")
            let file = part10(
                sopClassUID: "",
                sopInstanceUID: "",
                transferSyntaxUID: encoding.rawValue,
                dataSet: dataSet.bytes
            )
            return try InstanceFile.read(PathBytes(directory.write(file, to: "late")))
        }
        let long = try read { $0.add(0x0008, 0x0001, "UT", [UInt8](repeating: 0x20, count: 3_000_000)) }
        #expect(long.sopClassUID == RawUID.ctImage && long.sopInstanceUID == "1.2.3")
        let unsorted = try read { $0.add(0x7FE0, 0x0010, "OW", [UInt8](repeating: 1, count: 2_000_000)) }
        #expect(unsorted.sopClassUID == RawUID.ctImage && unsorted.sopInstanceUID == "1.2.3")
        let nested = try read { dataSet in
            dataSet.add(0x0008, 0x0001, "UT", [UInt8](repeating: 0x20, count: 3_000_000))
            dataSet.add(0x0008, 0x0006, "SQ", [], length: 0xFFFF_FFFF)
            dataSet.addTag(0xFFFE, 0xE000, length: 0xFFFF_FFFF)
            dataSet.add(0x0008, 0x0018, "UI", "9.9")
            dataSet.addTag(0xFFFE, 0xE00D, length: 0)
            dataSet.addTag(0xFFFE, 0xE0DD, length: 0)
        }
        #expect(nested.sopInstanceUID == "1.2.3")
        if encoding == .explicitLittle {
            let compressed = try read { dataSet in
                dataSet.add(0x7FE0, 0x0010, "OB", [], length: 0xFFFF_FFFF)
                dataSet.addTag(0xFFFE, 0xE000, length: 0)
                dataSet.addTag(0xFFFE, 0xE000, length: 2_000_000)
                dataSet.add(raw: [UInt8](repeating: 1, count: 2_000_000))
                dataSet.addTag(0xFFFE, 0xE0DD, length: 0)
            }
            #expect(compressed.sopInstanceUID == "1.2.3")
        }
    }

    @Test(
        "where the data set begins, and its transfer syntax",
        arguments: [
            ("plain", 254, RawUID.explicitLittle), ("meta-implicit", 248, RawUID.implicitLittle),
            ("meta-big-endian", 254, RawUID.explicitBig), ("meta-no-transfer-syntax", 196, RawUID.explicitLittle),
            ("meta-private-information-100k", 100_280, RawUID.explicitLittle),
            ("meta-sv-vr", 274, RawUID.explicitLittle),
            ("meta-transfer-syntax-nul-space", 256, RawUID.explicitLittle),
            ("meta-group-length-zero", 254, RawUID.explicitLittle),
            ("meta-group-length-short", 254, RawUID.explicitLittle),
            ("meta-group-length-huge", 254, RawUID.explicitLittle),
            ("meta-no-group-length", 242, RawUID.explicitLittle),
            ("group-2-in-data-set-explicit", 254, RawUID.explicitLittle),
            ("group-2-in-data-set-implicit", 252, RawUID.implicitLittle),
            ("no-preamble-explicit", 0, RawUID.explicitLittle), ("no-preamble-implicit", 0, RawUID.implicitLittle),
            ("no-preamble-meta-first", 122, RawUID.explicitLittle),
            ("prefix-without-preamble", 126, RawUID.explicitLittle),
        ]
    )
    func dataSet(name: String, offset: Int, transferSyntaxUID: String) throws {
        let file = try read(name)
        #expect(file.dataSetOffset == offset)
        #expect(file.transferSyntaxUID == transferSyntaxUID)
        let bytes = try contents(of: file.path.description)
        #expect(file.dataSetOffset + file.dataSetLength == bytes.count)
        #expect(file.sopInstanceUID == "1.2.3.4.5")
    }

    @Test("encapsulated pixel data without a transfer syntax is refused: nothing else names its compression")
    func encapsulated() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(RawDataSet.encapsulatedImage(sopInstanceUID: "1.2.3"), to: "compressed")
        #expect(throws: InstanceFile.Unreadable.self) { try InstanceFile.read(PathBytes(path)) }
        #expect(
            try InstanceFile.read(PathBytes(directory.write(RawDataSet.image(sopInstanceUID: "1.2.3"), to: "plain")))
                .transferSyntaxUID == RawUID.explicitLittle
        )
    }

    @Test("a deflated data set of odd length is padded, another one is not")
    func odd() throws {
        let deflated = try read("data-deflate-odd")
        #expect(deflated.isPadded && !deflated.isOdd)
        #expect(try !read("data-deflate-even").isPadded)
        let image = try read("data-pixel-odd-native")
        #expect(!image.isPadded && image.isOdd)
    }

    @Test("when a peer refuses a data set of odd length, the message says that it is one")
    func oddRefused() async throws {
        let peer = try RawAcceptor { _, association in
            try association.accept()
            guard let message = try association.message() else { return }
            try association.respond(to: message, status: 0xC000)
            if try association.message() == nil { try association.release() }
        }
        let sending = Sending(to: peer.port)
        let path = Fixtures.path + "/cases/part10/data-pixel-odd-native.dcm"
        #expect(try await sending.send([path]) == 1)
        #expect(sending.output.contains("\(path): status C000H; its data set has an odd length"), "\(sending.output)")
    }

    @Test(
        "what has the prefix is DICOM, whatever else is wrong; other files are not",
        arguments: ["data-empty", "file-empty"]
    )
    func unreadable(name: String) throws {
        let error = #expect(throws: InstanceFile.Unreadable.self) { try read(name) }
        #expect(error?.isOtherThanDICOM == (name == "file-empty"))
    }

    @Test("bytes that are no DICOM never trap, and are told from a DICOM file that is broken")
    func random() throws {
        let directory = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 14)
        for round in 0..<200 {
            var bytes = (0..<Int.random(in: 1...600, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            if round.isMultiple(of: 2), bytes.count > 140 {
                bytes.replaceSubrange(128..<136, with: Array("DICM".utf8) + [2, 0, 0, 0])
            }
            let path = try directory.write(bytes, to: "random")
            let error = #expect(throws: InstanceFile.Unreadable.self) { try InstanceFile.read(PathBytes(path)) }
            #expect(error?.isOtherThanDICOM == !(bytes.count > 140 && round.isMultiple(of: 2)), "round \(round)")
        }
    }
}
