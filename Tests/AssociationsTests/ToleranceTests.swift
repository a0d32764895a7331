import Associations
import TestSupport
import Testing

/// What does not conform and is understood all the same, beyond what the golden files show.
@Suite struct ToleranceTests {
    private func request(_ bytes: [UInt8]) throws -> AssociateRQ {
        let decoded = decode(bytes)
        #expect(decoded.error == nil)
        #expect(dripFeed(bytes) == decoded)
        guard case .associateRQ(let request) = try #require(decoded.pdus.first) else {
            Issue.record("no A-ASSOCIATE-RQ")
            return Sample.request
        }
        return request
    }

    @Test("no items at all: hostile 10")
    func noItems() throws {
        let request = try request(rawPDU(1, Raw.fixedFields))
        #expect(request.applicationContextName.text.isEmpty)
        #expect(request.presentationContexts.isEmpty)
        #expect(request.userInformation == UserInformation())
    }

    @Test("unknown items and sub-items, also of type 0: quirk 16")
    func unknownItems() throws {
        let request = try request(
            Raw.associateRQ(
                rawItem(0, []) + Raw.context(rawItem(0x31, [9]) + rawItem(0x30, Array("1.2".utf8)))
                    + Raw.userInformation(rawItem(0x60, [1]) + rawItem(0x51, [0, 0, 64, 0]) + rawItem(0x20, [2]))
                    + rawItem(0xFF, [1, 2, 3])
            )
        )
        #expect(request.presentationContexts == [.init(id: 1, abstractSyntax: "1.2", transferSyntaxes: [])])
        #expect(request.userInformation.maximumLengthReceived == 16384)
        #expect(
            request.userInformation.unknownItems == [.init(type: 0x60, bytes: [1]), .init(type: 0x20, bytes: [2])]
        )
    }

    @Test("what may come once and comes twice: the first counts")
    func repeatedItems() throws {
        let request = try request(
            Raw.associateRQ(
                rawItem(0x10, Array("9.9".utf8))
                    + Raw.context(rawItem(0x30, Array("1.2".utf8)) + rawItem(0x30, Array("1.3".utf8)))
                    + Raw.userInformation(rawItem(0x51, [0, 0, 64, 0]) + rawItem(0x51, [0, 0, 0, 1]))
                    + Raw.userInformation(rawItem(0x51, [0, 0, 0, 2]) + rawItem(0x52, Array("1.4".utf8)))
            )
        )
        #expect(request.applicationContextName == .dicomApplicationContext)
        #expect(request.presentationContexts[0].abstractSyntax == "1.2")
        #expect(request.userInformation.maximumLengthReceived == 16384)
        #expect(request.userInformation.implementationClassUID == "1.4")
    }

    @Test("more than 128 contexts, all ids: quirk 10, hostile 15")
    func manyContexts() throws {
        let contexts = (0..<300).flatMap {
            rawItem(0x20, [UInt8($0 % 256), 0, 0, 0] + rawItem(0x30, Array("1.2".utf8)))
        }
        let request = try request(Raw.associateRQ(contexts))
        #expect(request.presentationContexts.map(\.id) == (0..<300).map { UInt8($0 % 256) })
    }

    @Test("a later version's fields behind the related classes: PS3.7 Table D.3-12")
    func laterCommonExtendedNegotiation() throws {
        var item = rawItem(0x57, Raw.prefixed("1.2") + Raw.prefixed("1.3") + [0, 0] + [7, 7, 7])
        item[1] = 1
        let request = try request(Raw.associateRQ(Raw.userInformation(item)))
        #expect(
            request.userInformation.commonExtendedNegotiations
                == [.init(version: 1, sopClassUID: "1.2", serviceClassUID: "1.3", relatedGeneralSOPClassUIDs: [])]
        )
    }

    @Test("zero-length values, also as last: quirk 21")
    func emptyValues() {
        let bytes = rawPDU(4, Raw.value([], control: 1) + Raw.value([5], control: 3) + Raw.value([], control: 2))
        let decoded = decode(bytes)
        #expect(decoded.error == nil)
        #expect(decoded.elements.count == 4)
        #expect(dripFeed(bytes) == decoded)
    }
}
