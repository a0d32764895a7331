import Associations
import NIOCore
import TestSupport
import Testing

/// decode(encode(x)) == x, however the bytes are cut.
@Suite struct RoundTripTests {
    /// Enough empty values for anything that is drawn.
    static let limits: PDUDecoder.Limits = {
        var limits = PDUDecoder.Limits.test
        limits.emptyValuesInARow = .max
        return limits
    }()

    @Test("round trip", arguments: SeededGenerator.seeds(300))
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let pdus = (0..<4).map { _ in generator.pdu() }
        let bytes = try pdus.flatMap { try $0.encoded() }
        let whole = decode(bytes, limits: Self.limits)
        #expect(whole.elements == pdus.flatMap(\.elements))
        #expect(whole.error == nil)
        #expect(whole.unread == 0 && !whole.isWithinPDU)
        // UIDs and titles are equal without their padding; the bytes show that it was kept as well.
        for (decoded, sent) in zip(whole.pdus, pdus.filter { if case .dataTF = $0 { false } else { true } }) {
            #expect(try decoded.encoded() == sent.encoded())
        }
        #expect(dripFeed(bytes, limits: Self.limits) == whole)
        #expect(decode(bytes, cutAt: generator.cuts(5, of: bytes.count), limits: Self.limits) == whole)
    }

    /// Every golden stream, cut once at every place, and one byte at a time.
    @Test("every cut", arguments: try GoldenTests.files.get())
    func everyCut(file: String) throws {
        let bytes = try HexFile.bytes(file)
        let whole = decode(bytes)
        for cut in 0...bytes.count { #expect(decode(bytes, cutAt: [cut]) == whole, "cut at \(cut)") }
        #expect(dripFeed(bytes) == whole)
    }

    /// A stream that ends early gives what it had, and asks for more.
    @Test("every prefix", arguments: try GoldenTests.files.get())
    func everyPrefix(file: String) throws {
        let bytes = try HexFile.bytes(file)
        let whole = decode(bytes)
        for end in 0..<bytes.count {
            let part = decode(Array(bytes[..<end]))
            #expect(part.error == nil, "\(end) bytes")
            #expect(part.elements.count <= whole.elements.count)
            #expect(part.pdus == Array(whole.pdus.prefix(part.pdus.count)))
        }
    }

    @Test("nothing is truncated when encoding") func nothingIsTruncatedWhenEncoding() throws {
        let long = UID(String(repeating: "1", count: 65536))
        var request = Sample.request
        request.applicationContextName = long
        var buffer = ByteBuffer(string: "before")
        #expect(throws: PDUEncodingError.self) { try PDU.associateRQ(request).encode(into: &buffer) }
        #expect(buffer == ByteBuffer(string: "before"), "nothing half-written is left")

        request.applicationContextName = UID(String(repeating: "1", count: 65535))
        try PDU.associateRQ(request).encode(into: &buffer)
        // Each item fits, but together they do not fit their parent.
        let unknown = UnknownItem(type: 0x60, bytes: [UInt8](repeating: 0, count: 40000))
        request.userInformation.unknownItems = [unknown, unknown]
        #expect(throws: PDUEncodingError.self) { try PDU.associateRQ(request).encode(into: &buffer) }
    }
}
