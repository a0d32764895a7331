import TestSupport
import Testing

@testable import dicom_node

@Suite("Implicit VR Little Endian in send")
struct ConversionTests {
    private let uid = "1.2.3.1"

    /// Accepts what is proposed in Implicit VR Little Endian.
    private func peer() throws -> RawAcceptor {
        try RawAcceptor { _, association in
            try association.accept { $0.transferSyntaxes == [Array(RawUID.implicitLittle.utf8)] ? 0 : 4 }
            try association.serve()
        }
    }

    @Test(
        "a peer that takes nothing else gets explicit data sets converted, and the message says so",
        arguments: [RawDataSet.Encoding.explicitLittle, .explicitBig]
    )
    func converted(encoding: RawDataSet.Encoding) async throws {
        let directory = try TemporaryDirectory()
        // Numbers of 16 bits, not those of Pixel Data, whose bytes an encoding does not change here.
        let text = RawDataSet.image(encoding, sopInstanceUID: uid, pixels: 0)
        let path = try directory.write(
            part10(
                sopClassUID: RawUID.ctImage,
                sopInstanceUID: uid,
                transferSyntaxUID: encoding.rawValue,
                dataSet: text
            ),
            to: "image.dcm"
        )
        let peer = try peer()
        let sending = Sending(to: peer.port)
        #expect(try await sending.send([path]) == 0, "\(sending.output)")
        #expect(peer.messages.map(\.dataSet) == [RawDataSet.image(.implicitLittle, sopInstanceUID: uid, pixels: 0)])
        #expect(sending.output.contains("\(path): converted to Implicit VR Little Endian"), "\(sending.output)")
    }

    // Objects whose fixtures have undefined lengths, as the conversion writes them.
    @Test(
        "every kind of object becomes what it is in implicit VR",
        arguments: [
            "ct", "enhanced-ct", "encapsulated-pdf", "private-class", "structured-report", "us",
        ],
        ["explicit", "big-endian", "deflated"]
    )
    func fixtures(object: String, encoding: String) async throws {
        let path = Fixtures.path + "/instances/\(object).\(encoding).dcm"
        let peer = try peer()
        let sending = Sending(to: peer.port)
        #expect(try await sending.send([path]) == 0, "\(sending.output)")
        let implicit = try Part10File(path: Fixtures.path + "/instances/\(object).implicit.dcm")
        // The same object, but for its SOP Instance UID, which has the same length.
        let sopInstanceUID = Array(try Part10File(path: path).sopInstanceUID.utf8)
        let expected = implicit.dataSet.replacing(Array(implicit.sopInstanceUID.utf8), with: sopInstanceUID)
        #expect(peer.messages.count == 1)
        #expect(peer.messages.first?.dataSet.elementsEqual(expected) == true)
    }

    @Test("--convert never leaves the file unsent, and says that its context was refused")
    func never() async throws {
        let directory = try TemporaryDirectory()
        let paths = try directory.writeImages([uid])
        let peer = try peer()
        let sending = Sending(to: peer.port)
        #expect(try await sending.send(paths, ["--convert", "never"]) == 1)
        #expect(peer.messages.isEmpty)
        #expect(sending.output.contains("presentation context refused"), "\(sending.output)")
        #expect(sending.output.contains("(transfer syntaxes not supported)"), "\(sending.output)")
        #expect(sending.output.contains("with --convert never it is not offered in Implicit"), "\(sending.output)")
    }

    @Test("--convert never converts no file though another of its class is in Implicit VR Little Endian")
    func neverBesideImplicit() async throws {
        let directory = try TemporaryDirectory()
        let explicit = try directory.writeImages([uid])
        let implicit = try directory.writeImages(["1.2.3.2"], .implicitLittle)
        let peer = try peer()
        let sending = Sending(to: peer.port)
        #expect(try await sending.send(explicit + implicit, ["--convert", "never"]) == 1)
        #expect(peer.stored == ["1.2.3.2"])
    }

    @Test("a data set that is not whole is not given to the converter")
    func malformed() async throws {
        let directory = try TemporaryDirectory()
        let whole = RawDataSet.image(sopInstanceUID: uid)
        let path = try directory.write(
            part10(
                sopClassUID: RawUID.ctImage,
                sopInstanceUID: uid,
                transferSyntaxUID: RawUID.explicitLittle,
                dataSet: Array(whole.dropLast(2))
            ),
            to: "cut.dcm"
        )
        let peer = try peer()
        let sending = Sending(to: peer.port)
        #expect(try await sending.send([path]) == 1)
        #expect(peer.messages.isEmpty)
        #expect(sending.output.contains("\(path): cannot be converted to Implicit VR Little Endian"))
    }

    @Test("what the peer accepts as it is goes out as it is, and each context has one transfer syntax")
    func contexts() throws {
        let file = InstanceFile(
            path: PathBytes("a"),
            sopClassUID: RawUID.ctImage,
            sopInstanceUID: uid,
            transferSyntaxUID: RawUID.explicitLittle,
            dataSetOffset: 0,
            dataSetLength: 2
        )
        var compressed = file
        compressed.transferSyntaxUID = RawUID.jpegBaseline
        let batches = SendBatch.batches([file, compressed, file], converting: true)
        #expect(
            batches.map(\.contexts) == [
                [RawUID.explicitLittle, RawUID.implicitLittle, RawUID.jpegBaseline].map {
                    SendContext(sopClassUID: RawUID.ctImage, transferSyntaxUID: $0)
                }
            ]
        )
    }
}
