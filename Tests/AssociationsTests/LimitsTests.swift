import Associations
import NIOCore
import TestSupport
import Testing

/// The decoder's limits, each at its edge, and what its path of the data costs.
@Suite struct LimitsTests {
    @Test("associate PDU") func associatePDU() {
        var limits = PDUDecoder.Limits.test
        limits.associatePDU = 1000
        #expect(decode(rawPDU(1, [], length: 1000), limits: limits).error == nil)
        let tooLong = decode(rawPDU(1, [], length: 1001), limits: limits)
        #expect(
            tooLong.error == PDUDecodingError(.invalidPDUParameterValue, "A-ASSOCIATE-RQ of 1001 bytes, limit 1000")
        )
    }

    @Test("a PDU longer than offered is noticed, up to a hard cap: quirk 24")
    func dataPDU() {
        var limits = PDUDecoder.Limits.test
        limits.offeredDataPDU = 100
        limits.dataPDU = 200
        func first(_ length: Int) -> Decoded { decode(rawPDU(4, [], length: length), limits: limits) }
        #expect(first(100).elements == [.dataTF(length: 100, exceedsOffer: false)])
        #expect(first(101).elements == [.dataTF(length: 101, exceedsOffer: true)])
        #expect(first(200).elements == [.dataTF(length: 200, exceedsOffer: true)])
        #expect(first(201).error?.reason == .invalidPDUParameterValue)
        limits.offeredDataPDU = 0
        #expect(first(200).elements == [.dataTF(length: 200, exceedsOffer: false)])
    }

    @Test("a release longer than it should be: quirk 38")
    func fixedPDU() {
        let atLimit = rawPDU(5, [UInt8](repeating: 7, count: 64))
        #expect(decode(atLimit).pdus == [.releaseRQ])
        #expect(decode(atLimit.dropLast()).pdus.isEmpty, "the PDU is there when all of it is")
        #expect(decode(atLimit.dropLast()).isWithinPDU)
        #expect(decode(rawPDU(5, [], length: 65)).error?.reason == .invalidPDUParameterValue)
    }

    @Test("empty values in a row") func emptyValuesInARow() {
        let empty = Raw.value([], control: 0)
        let eight = (0..<8).flatMap { _ in empty }
        #expect(decode(rawPDU(4, eight)).error == nil)
        #expect(decode(rawPDU(4, eight + empty)).error?.reason == .notSpecified)
        #expect(decode(rawPDU(4, eight + Raw.value([1]) + eight)).error == nil, "a byte of data begins the count anew")
        #expect(
            decode(rawPDU(4, eight) + rawPDU(4, [])).error?.reason == .notSpecified,
            "a PDU without values counts too"
        )
    }

    @Test("items") func items() {
        var limits = PDUDecoder.Limits.test
        limits.items = 4
        // Application context, presentation context and its two sub-items.
        let four = Raw.context(rawItem(0x30, [0x31]) + rawItem(0x40, [0x31]))
        #expect(decode(Raw.associateRQ(four), limits: limits).error == nil)
        let tooMany = PDUDecodingError(.notSpecified, "too many items in one PDU")
        #expect(decode(Raw.associateRQ(four + rawItem(0x99, [])), limits: limits).error == tooMany)
        #expect(decode(Raw.associateRQ(four + Raw.userInformation([])), limits: limits).error == tooMany)
        let related = rawItem(0x57, Raw.prefixed("1") + Raw.prefixed("1") + [0, 4, 0, 0, 0, 0])
        #expect(decode(Raw.associateRQ(Raw.userInformation(related)), limits: limits).error == tooMany)
    }

    @Test(
        "expected associate PDU",
        arguments: [
            (PDUDecoder.ExpectedAssociatePDU.any, true, true), (.request, true, false), (.answer, false, true),
            (.none, false, false),
        ]
    )
    func expectedAssociatePDU(expected: PDUDecoder.ExpectedAssociatePDU, takesRequest: Bool, takesAnswer: Bool) {
        for (type, takes) in [(UInt8(1), takesRequest), (2, takesAnswer)] {
            var decoder = PDUDecoder(limits: .test)
            decoder.expectedAssociatePDU = expected
            var header = ByteBuffer(bytes: rawPDU(type, [], length: 200))
            if takes {
                #expect(throws: Never.self) { try decoder.next(from: &header) == nil }
            } else {
                let error = #expect(throws: PDUDecodingError.self) { try decoder.next(from: &header) }
                #expect(error?.reason == .unexpectedPDU)
            }
        }
    }

    @Test("failed decoder stays failed") func failedDecoderStaysFailed() {
        var decoder = PDUDecoder(limits: .test)
        var buffer = ByteBuffer(bytes: [0x47])
        let first = #expect(throws: PDUDecodingError.self) { try decoder.next(from: &buffer) }
        buffer = ByteBuffer(bytes: rawPDU(5, [0, 0, 0, 0]))
        let second = #expect(throws: PDUDecodingError.self) { try decoder.next(from: &buffer) }
        #expect(first == second)
        #expect(buffer.readableBytes == 10)
    }

    @Test("is within PDU") func isWithinPDU() throws {
        let bytes = rawPDU(4, Raw.value([1, 2, 3])) + rawPDU(5, [0, 0, 0, 0]) + Raw.associateRQ([])
        let ends: Set = [0, 15, 25, bytes.count]
        for end in 0...bytes.count {
            #expect(decode(Array(bytes[..<end])).isWithinPDU == !ends.contains(end), "after \(end) bytes")
        }
    }

    @Test("the reader index moves past what was consumed only, and a header is left until it is whole")
    func unconsumedBytesStay() throws {
        var decoder = PDUDecoder(limits: .test)
        var buffer = ByteBuffer(bytes: rawPDU(5, []).prefix(5))
        #expect(try decoder.next(from: &buffer) == nil)
        #expect(buffer.readableBytes == 5)
    }

    @Test("fragment is a slice of the read buffer") func fragmentIsASliceOfTheReadBuffer() throws {
        var buffer = ByteBuffer(bytes: rawPDU(4, Raw.value([UInt8](repeating: 9, count: 1000))))
        let range = buffer.withUnsafeReadableBytes {
            UInt(bitPattern: $0.baseAddress)...UInt(bitPattern: $0.baseAddress) + 1012
        }
        var decoder = PDUDecoder(limits: .test)
        _ = try decoder.next(from: &buffer)
        guard case .fragment(let fragment) = try decoder.next(from: &buffer) else {
            Issue.record("no fragment")
            return
        }
        #expect(fragment.bytes.readableBytes == 1000)
        #expect(fragment.bytes.withUnsafeReadableBytes { range.contains(UInt(bitPattern: $0.baseAddress)) })
    }

    @Test("what is moved for every P-DATA-TF is small")
    func sizes() {
        #expect(MemoryLayout<PDUDecoder.Element>.size <= 40)
        #expect(MemoryLayout<Event>.size <= 16)
        #expect(MemoryLayout<Transition>.size <= 64)
    }
}
