import Associations
import TestSupport
import Testing

/// What is not DICOM, or not well-formed: each case ends in an error with its reason, and never in a trap or in
/// silence.
@Suite struct MalformedTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// Where it was seen: the row of docs/testing.md, or a report.
        var source: String
        var bytes: [UInt8]
        var reason: ProviderAbortReason
        /// Elements that come before the fault.
        var before = 0

        var testDescription: String { "\(name) (\(source))" }
    }

    static let notDICOM = [
        Case(
            name: "HTTP",
            source: "hostile 4, quirk 39",
            bytes: Array("GET / HTTP/1.1\r\n\r\n".utf8),
            reason: .unrecognizedPDU
        ),
        Case(
            name: "HL7",
            source: "hostile 4, quirk 39",
            bytes: Array("\u{0B}MSH|^~\\&|".utf8),
            reason: .unrecognizedPDU
        ),
        Case(
            name: "TLS hello on the plain port",
            source: "hostile 4",
            bytes: [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3],
            reason: .unrecognizedPDU
        ),
        Case(name: "one byte and no more", source: "hostile 4", bytes: [0], reason: .unrecognizedPDU),
        Case(name: "PDU type 8", source: "hostile 13", bytes: rawPDU(8, [0, 0, 0, 0]), reason: .unrecognizedPDU),
        Case(name: "PDU type FFH", source: "hostile 13", bytes: rawPDU(0xFF, []), reason: .unrecognizedPDU),
    ]

    static let lengths = [
        Case(
            name: "A-ASSOCIATE-RQ of 4 GiB",
            source: "hostile 6",
            bytes: rawPDU(1, [], length: .max),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "A-ASSOCIATE-RQ of 2 MiB",
            source: "hostile 6",
            bytes: rawPDU(1, [], length: 2 << 20),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "A-ASSOCIATE-AC of 4 GiB",
            source: "hostile 6",
            bytes: rawPDU(2, [], length: .max),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "P-DATA-TF of 4 GiB",
            source: "hostile 21",
            bytes: rawPDU(4, [], length: .max),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "A-ABORT of 3 bytes",
            source: "hostile 7",
            bytes: rawPDU(7, [0, 0, 0]),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "A-RELEASE-RQ of 0 bytes",
            source: "hostile 7",
            bytes: rawPDU(5, []),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "A-ABORT of 4 GiB",
            source: "quirk 38",
            bytes: rawPDU(7, [0, 0, 0, 0], length: .max),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "A-ASSOCIATE-RQ shorter than its fixed fields",
            source: "hostile 7",
            bytes: rawPDU(1, Array(Raw.fixedFields.dropLast())),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "A-ASSOCIATE-RQ of 0 bytes",
            source: "hostile 7",
            bytes: rawPDU(1, []),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "A-ASSOCIATE-RQ whose length ends within its last item",
            source: "hostile 7",
            bytes: Raw.associateRQ(
                Raw.context(rawItem(0x30, [0x31])),
                length: Raw.fixedFields.count + Raw.applicationContext.count + 6
            ),
            reason: .invalidPDUParameterValue
        ),
    ]

    static let items = [
        Case(
            name: "item past its PDU",
            source: "hostile 8",
            bytes: Raw.associateRQ(rawItem(0x20, [1, 0, 0, 0], length: 5)),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "UID of 65535 bytes",
            source: "hostile 8",
            bytes: Raw.associateRQ(Raw.context(rawItem(0x30, Array("1.2".utf8), length: .max))),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "sub-item past its context but not past the PDU",
            source: "hostile 8",
            bytes: Raw.associateRQ(
                Raw.context(rawItem(0x30, Array("1.2".utf8), length: 20))
                    + rawItem(0x99, [UInt8](repeating: 0, count: 40))
            ),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "items of 65535 bytes in each other",
            source: "hostile 8; io-dicom #40",
            bytes: Raw.associateRQ(
                Raw.userInformation(
                    (0..<15000).flatMap { _ in rawItem(0x50, [], length: .max) }.prefix(60000).map { $0 },
                    length: 60000
                )
            ),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "presentation context without its id",
            source: "hostile 8",
            bytes: Raw.associateRQ(rawItem(0x20, [1, 0, 0])),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "one byte after the last item",
            source: "hostile 9",
            bytes: Raw.associateRQ([0xDE]),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "three bytes after the last item",
            source: "hostile 9",
            bytes: Raw.associateRQ([0xDE, 0xAD, 0xBE]),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "garbage after the last item",
            source: "hostile 9",
            bytes: Raw.associateRQ(Array("trailing garbage".utf8)),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "garbage after the last sub-item",
            source: "hostile 9",
            bytes: Raw.associateRQ(Raw.context(rawItem(0x30, Array("1.2".utf8)) + [0x40, 0])),
            reason: .invalidPDUParameterValue
        ),
        Case(
            name: "A-ASSOCIATE-AC with an overrunning sub-item",
            source: "dicom-rs #547",
            bytes: rawPDU(
                2,
                Raw.fixedFields + Raw.applicationContext
                    + rawItem(0x21, [1, 0, 0, 0] + rawItem(0x40, [0x31], length: 9))
            ),
            reason: .invalidPDUParameterValue
        ),
    ]

    private static func user(_ name: String, _ source: String, _ subItem: [UInt8]) -> Case {
        Case(
            name: name,
            source: source,
            bytes: Raw.associateRQ(Raw.userInformation(subItem)),
            reason: .invalidPDUParameterValue
        )
    }

    static let userInformation = [
        user("maximum length of 3 bytes", "hostile 10", rawItem(0x51, [0, 0, 64])),
        user("maximum length of 5 bytes", "hostile 10", rawItem(0x51, [0, 0, 64, 0, 0])),
        user("maximum length of 0 bytes", "hostile 10", rawItem(0x51, [])),
        user("operations window of 3 bytes", "hostile 8", rawItem(0x53, [0, 1, 0])),
        user("operations window of 5 bytes", "hostile 8", rawItem(0x53, [0, 1, 0, 1, 0])),
        user(
            "role selection whose UID overruns",
            "hostile 8; DCMTK #942",
            rawItem(0x54, Raw.prefixed("1.2", length: 200) + [1, 0])
        ),
        user("role selection without the roles", "hostile 8", rawItem(0x54, Raw.prefixed("1.2") + [1])),
        user("role selection of no bytes", "hostile 8", rawItem(0x54, [])),
        user("role selection with more behind it", "hostile 9", rawItem(0x54, Raw.prefixed("1.2") + [1, 0, 0])),
        user(
            "extended negotiation whose UID overruns",
            "fo-dicom #2116",
            rawItem(0x56, Raw.prefixed("1.2", length: .max))
        ),
        user(
            "common extended negotiation cut short",
            "hostile 8",
            rawItem(0x57, Raw.prefixed("1.2") + Raw.prefixed("1.3"))
        ),
        user(
            "related class past the list of them",
            "hostile 8",
            rawItem(0x57, Raw.prefixed("1.2") + Raw.prefixed("1.3") + [0, 3] + Raw.prefixed("1.4"))
        ),
        user(
            "list of related classes past the item",
            "hostile 8",
            rawItem(0x57, Raw.prefixed("1.2") + Raw.prefixed("1.3") + [0, 9] + Raw.prefixed("1.4"))
        ),
        user(
            "user identity whose primary field overruns",
            "hostile 8",
            rawItem(0x58, [1, 0] + Raw.prefixed("me", length: 60000))
        ),
        user("user identity without secondary field", "hostile 8", rawItem(0x58, [1, 0] + Raw.prefixed("me"))),
        user(
            "user identity with more behind it",
            "hostile 9",
            rawItem(0x58, [1, 0] + Raw.prefixed("me") + [0, 0, 0])
        ),
        user("server response overruns", "hostile 8", rawItem(0x59, [0, 9])),
        Case(
            name: "user information past its PDU",
            source: "hostile 8",
            bytes: Raw.associateRQ(Raw.userInformation(rawItem(0x51, [0, 0, 0, 0]), length: 9)),
            reason: .invalidPDUParameterValue
        ),
    ]

    static let data = [
        Case(
            name: "value of length 0",
            source: "hostile 17",
            bytes: rawPDU(4, Raw.value([], length: 0)),
            reason: .invalidPDUParameterValue,
            before: 1
        ),
        Case(
            name: "value of length 1",
            source: "hostile 17",
            bytes: rawPDU(4, Raw.value([], length: 1)),
            reason: .invalidPDUParameterValue,
            before: 1
        ),
        Case(
            name: "value of length 4 GiB",
            source: "hostile 17",
            bytes: rawPDU(4, Raw.value([1, 2], length: .max)),
            reason: .invalidPDUParameterValue,
            before: 1
        ),
        Case(
            name: "value one byte past its PDU",
            source: "hostile 17",
            bytes: rawPDU(4, Raw.value([1, 2], length: 5)),
            reason: .invalidPDUParameterValue,
            before: 1
        ),
        Case(
            name: "second value past its PDU",
            source: "hostile 17; dicom-rs #760",
            bytes: rawPDU(4, Raw.value([1, 2]) + Raw.value([], length: 3)),
            reason: .invalidPDUParameterValue,
            before: 2
        ),
        Case(
            name: "P-DATA-TF too short for a value",
            source: "hostile 17",
            bytes: rawPDU(4, [0, 0, 0, 1, 1]),
            reason: .invalidPDUParameterValue,
            before: 1
        ),
        Case(
            name: "bytes after the last value",
            source: "hostile 17; io-dicom #51",
            bytes: rawPDU(4, Raw.value([1, 2]) + [0, 0, 0]),
            reason: .invalidPDUParameterValue,
            before: 2
        ),
        Case(
            name: "values without data and without end",
            source: "hostile 19",
            bytes: rawPDU(4, (0..<1000).flatMap { _ in Raw.value([], control: 0) }),
            reason: .notSpecified,
            before: 9
        ),
        Case(
            name: "P-DATA-TFs without values and without end",
            source: "hostile 18, 19",
            bytes: (0..<1000).flatMap { _ in rawPDU(4, []) },
            reason: .notSpecified,
            before: 8
        ),
    ]

    @Test("is refused", arguments: notDICOM + lengths + items + userInformation + data)
    func isRefused(_ malformed: Case) {
        let decoded = decode(malformed.bytes)
        #expect(decoded.error?.reason == malformed.reason)
        #expect(decoded.elements.count == malformed.before)
        #expect(dripFeed(malformed.bytes) == decoded)
    }

    /// What is wrong in the header is refused on the header, without waiting for the rest.
    @Test("is refused on its header", arguments: notDICOM + lengths.filter { $0.bytes.count == 6 })
    func isRefusedOnItsHeader(_ malformed: Case) {
        #expect(decode(Array(malformed.bytes.prefix(6))).error?.reason == malformed.reason)
    }
}
