import TestSupport
import Testing

/// Bytes that are no well-behaved peer's, and the answer that PS3.8 gives them. `source` is the row of docs/testing.md
/// (hostile 4, quirk 39) or the report of a peer's users that it came from.
struct UpperLayerCase: CustomTestStringConvertible, Sendable {
    enum Expected: Sendable {
        case exactly(RawAnswer)
        /// A-ABORT by the service provider with one of these reasons (PS3.8 §9.3.8).
        case providerAbort([UInt8])
        /// A-ABORT by whichever side of the service boundary found the fault.
        case anyAbort
        /// An A-ASSOCIATE-RJ, an A-ABORT or an A-ASSOCIATE-AC: anything but silence.
        case anyAnswer
    }

    let name: String
    let source: String
    /// What is sent instead of an A-ASSOCIATE-RQ, or after the association is there.
    let bytes: [UInt8]
    let expected: Expected

    var testDescription: String { "\(name) (\(source))" }

    init(_ name: String, _ source: String, _ bytes: [UInt8], _ expected: Expected) {
        self.name = name
        self.source = source
        self.bytes = bytes
        self.expected = expected
    }

    /// Sta2 + an invalid or unexpected PDU → AA-1: A-ABORT, source service-user.
    static let abortBeforeAssociation = Expected.exactly(.aborted(source: 0, reason: 0))

    /// In Sta2, where an A-ASSOCIATE-RQ should come.
    static let beforeAssociation: [UpperLayerCase] = [
        UpperLayerCase(
            "HTTP",
            "hostile 4, quirk 39, fo-dicom#1678",
            Array("GET / HTTP/1.1\r\nHost: pacs\r\n\r\n".utf8),
            abortBeforeAssociation
        ),
        UpperLayerCase(
            "a TLS client hello",
            "hostile 4",
            [0x16, 3, 1, 0, 0x2F, 1, 0, 0, 0x2B, 3, 3] + [UInt8](repeating: 0xAB, count: 41),
            abortBeforeAssociation
        ),
        UpperLayerCase(
            "HL7",
            "hostile 4, fo-dicom#1468",
            Array("\u{0B}MSH|^~\\&|HIS|RIH|EKG|EKG|199904140038||ADT^A01||P|2.2\r\u{1C}\r".utf8),
            abortBeforeAssociation
        ),
        UpperLayerCase("SSH", "hostile 4", Array("SSH-2.0-OpenSSH_9.2\r\n".utf8), abortBeforeAssociation),
        UpperLayerCase("SMTP, one line", "hostile 4", Array("EHLO x\r\n".utf8), abortBeforeAssociation),
        UpperLayerCase(
            "a PROXY protocol header before the request",
            "hostile 4, quirk 39",
            Array("PROXY TCP4 10.0.0.1 10.0.0.2 4711 104\r\n".utf8) + RawRequest().encoded(),
            abortBeforeAssociation
        ),
        UpperLayerCase("one line feed", "hostile 4", [0x0A], abortBeforeAssociation),
        UpperLayerCase(
            "a message that does not wait for the acceptance (Sta3)",
            "hostile 11",
            RawRequest().encoded()
                + Fragmentation.usual.encoded(command: RawCommand.echo().encoded(), dataSet: nil, context: 1),
            .exactly(.aborted(source: 2, reason: 2))
        ),
        UpperLayerCase(
            "a second request behind the first (Sta3)",
            "hostile 12",
            RawRequest().encoded() + RawRequest().encoded(),
            .exactly(.aborted(source: 2, reason: 2))
        ),
        UpperLayerCase("PDU type 0", "hostile 13", RawPDU(type: 0, body: [1, 2]).encoded(), abortBeforeAssociation),
        UpperLayerCase("PDU type FFH", "hostile 13", RawPDU(type: 255, body: []).encoded(), abortBeforeAssociation),
        UpperLayerCase(
            "P-DATA-TF first",
            "hostile 11",
            Fragmentation.usual.encoded(command: RawCommand.echo().encoded(), dataSet: nil, context: 1),
            abortBeforeAssociation
        ),
        UpperLayerCase("A-RELEASE-RQ first", "hostile 11", RawPDU.releaseRQ.encoded(), abortBeforeAssociation),
        UpperLayerCase("A-RELEASE-RP first", "hostile 11", RawPDU.releaseRP.encoded(), abortBeforeAssociation),
        UpperLayerCase(
            "A-ABORT first",
            "hostile 11",
            RawPDU.abort(source: 0, reason: 0).encoded(),
            .exactly(.closed)
        ),
        UpperLayerCase(
            "A-ASSOCIATE-AC from the requestor",
            "hostile 12",
            RawPDU(type: 2, body: RawRequest([]).body).encoded(),
            abortBeforeAssociation
        ),
        UpperLayerCase(
            "A-ASSOCIATE-RJ from the requestor",
            "hostile 12",
            RawPDU(type: 3, body: [0, 1, 1, 1]).encoded(),
            abortBeforeAssociation
        ),
        UpperLayerCase(
            "a request that claims 4 GiB",
            "hostile 6, DCMTK#825",
            RawRequest().encoded(length: 0xFFFF_FFFF),
            abortBeforeAssociation
        ),
        UpperLayerCase(
            "a request that claims 2 MiB",
            "hostile 6, DCMTK#825",
            RawRequest().encoded(length: 2 << 20),
            abortBeforeAssociation
        ),
        UpperLayerCase(
            "a request shorter than what is in it",
            "hostile 7",
            RawRequest().encoded(length: RawRequest().body.count - 10),
            abortBeforeAssociation
        ),
        UpperLayerCase(
            "a request shorter than its fixed fields",
            "hostile 7",
            RawPDU(type: 1, body: Array(RawRequest().body[..<40])).encoded(),
            abortBeforeAssociation
        ),
        UpperLayerCase(
            "an empty request",
            "hostile 7",
            RawPDU(type: 1, body: []).encoded(),
            abortBeforeAssociation
        ),
        UpperLayerCase(
            "a sub-item that runs past its item",
            "hostile 8, DCMTK#942",
            request(items: rawItem(0x20, [1, 0, 0, 0] + rawItem(0x30, Array("1.2".utf8), length: 65535))),
            abortBeforeAssociation
        ),
        UpperLayerCase(
            "an item that runs past the request",
            "hostile 8",
            request(items: rawItem(0x20, [1, 0, 0, 0], length: 65535)),
            abortBeforeAssociation
        ),
        UpperLayerCase(
            "a role selection whose UID runs past it",
            "hostile 8, DCMTK 48d00326a",
            RawRequest().with { $0.userItems = rawItem(0x54, [0xFF, 0xFF] + Array("1.2".utf8) + [1, 0]) }.encoded(),
            abortBeforeAssociation
        ),
        UpperLayerCase(
            "a user identity whose field runs past it",
            "hostile 8",
            RawRequest().with { $0.userItems = rawItem(0x58, [1, 0, 0xFF, 0xFF, 65]) }.encoded(),
            abortBeforeAssociation
        ),
        UpperLayerCase(
            "items of 65,535 bytes within items",
            "hostile 8, io-dicom PR#51",
            request(items: [UInt8](repeating: 0xFF, count: 65_000)),
            abortBeforeAssociation
        ),
        UpperLayerCase(
            "three bytes after the last item",
            "hostile 9",
            RawRequest().with { $0.furtherItems = [0x50, 0, 0] }.encoded(),
            abortBeforeAssociation
        ),
        UpperLayerCase(
            "a maximum length of two bytes",
            "hostile 10",
            maximumLength([0x40, 0]),
            abortBeforeAssociation
        ),
        UpperLayerCase(
            "a maximum length of eight bytes",
            "hostile 10",
            maximumLength([0, 0, 0, 0, 0, 0, 0x40, 0]),
            abortBeforeAssociation
        ),
        UpperLayerCase("no presentation context", "hostile 10", RawRequest([]).encoded(), .anyAnswer),
        UpperLayerCase(
            "a context without a transfer syntax",
            "hostile 10",
            RawRequest([.init(1, RawUID.ctImage, [])]).encoded(),
            .anyAnswer
        ),
        UpperLayerCase(
            "a context without an abstract syntax",
            "hostile 10",
            request(items: rawItem(0x20, [1, 0, 0, 0] + rawItem(0x40, Array(RawUID.implicitLittle.utf8)))),
            .anyAnswer
        ),
        UpperLayerCase(
            "no application context",
            "hostile 10",
            RawPDU(type: 1, body: Array(RawRequest().body[..<68]) + Array(RawRequest().body[93...])).encoded(),
            .anyAnswer
        ),
        UpperLayerCase(
            "another application context",
            "quirk 15",
            RawRequest().with { $0.applicationContext = Array("1.2.840.10008.3.1.1.2".utf8) }.encoded(),
            .exactly(.rejected(result: 1, source: 1, reason: 2))
        ),
        UpperLayerCase(
            "protocol version without bit 0",
            "quirk 17",
            RawRequest().with { $0.protocolVersion = 2 }.encoded(),
            .exactly(.rejected(result: 1, source: 2, reason: 2))
        ),
    ]

    /// In Sta6.
    static let whileAssociated: [UpperLayerCase] = [
        UpperLayerCase("a second A-ASSOCIATE-RQ", "hostile 12", RawRequest().encoded(), .providerAbort([2])),
        UpperLayerCase(
            "an A-ASSOCIATE-AC",
            "hostile 12",
            RawPDU(type: 2, body: RawRequest([]).body).encoded(),
            .providerAbort([2])
        ),
        UpperLayerCase(
            "an A-ASSOCIATE-RJ",
            "hostile 12",
            RawPDU(type: 3, body: [0, 1, 1, 1]).encoded(),
            .providerAbort([2])
        ),
        UpperLayerCase(
            "an A-RELEASE-RP without a request",
            "hostile 11",
            RawPDU.releaseRP.encoded(),
            .providerAbort([2])
        ),
        UpperLayerCase("PDU type 9", "hostile 13", RawPDU(type: 9, body: [0]).encoded(), .providerAbort([1])),
        UpperLayerCase("HTTP", "hostile 4", Array("GET / HTTP/1.1\r\n\r\n".utf8), .providerAbort([1])),
        UpperLayerCase("a value of length 0", "hostile 17", value(length: 0), .providerAbort([6])),
        UpperLayerCase("a value of length 1", "hostile 17", value(length: 1), .providerAbort([6])),
        UpperLayerCase("a value of length 4 GiB", "hostile 17", value(length: 0xFFFF_FFFF), .providerAbort([6])),
        UpperLayerCase("a value longer than its PDU", "hostile 17", value(length: 500), .providerAbort([6])),
        UpperLayerCase(
            "three bytes after the last value",
            "hostile 17",
            RawPDU(type: 4, body: value(length: nil).dropFirst(6) + [0, 0, 0]).encoded(),
            .providerAbort([6])
        ),
        UpperLayerCase(
            "a P-DATA-TF that claims 4 GiB",
            "hostile 21, pynetdicom#1086",
            RawPDU(type: 4, body: [0, 0, 0, 100, 1, 1]).encoded(length: 0xFFFF_FFFF),
            .providerAbort([0, 6])
        ),
        UpperLayerCase(
            "an A-RELEASE-RQ that claims 4 GiB",
            "quirk 38",
            RawPDU.releaseRQ.encoded(length: 0xFFFF_FFFF),
            .providerAbort([0, 6])
        ),
        UpperLayerCase(
            "values without bytes, one million",
            "hostile 19",
            (0..<1000).flatMap { _ in
                RawPDU.data((0..<1000).map { _ in RawPDV(context: 1, isCommand: true, isLast: false, data: []) })
                    .encoded()
            },
            .anyAbort
        ),
        UpperLayerCase(
            "P-DATA-TF without a value, one million",
            "hostile 18",
            (0..<1_000_000).flatMap { _ in [4, 0, 0, 0, 0, 0] as [UInt8] },
            .anyAbort
        ),
        UpperLayerCase(
            "A-ABORT by the user",
            "quirk 35",
            RawPDU.abort(source: 0, reason: 0).encoded(),
            .exactly(.closed)
        ),
        UpperLayerCase(
            "A-ABORT with the reserved source 1",
            "quirk 37, pynetdicom#561",
            RawPDU.abort(source: 1, reason: 9).encoded(),
            .exactly(.closed)
        ),
        UpperLayerCase(
            "an A-RELEASE-RQ of 100 bytes",
            "quirk 38",
            RawPDU(type: 5, body: [UInt8](repeating: 0, count: 100)).encoded(),
            .exactly(.released)
        ),
        UpperLayerCase("data before a command", "hostile 22", data(context: 3), .anyAbort),
        UpperLayerCase(
            "a command on a context that was refused",
            "hostile 22",
            command(.echo(), context: 5),
            .anyAbort
        ),
        UpperLayerCase(
            "a command on a context that was not proposed",
            "hostile 22",
            command(.echo(), context: 99),
            .anyAbort
        ),
        UpperLayerCase(
            "data on another context than its command",
            "hostile 22, quirk 25",
            command(.store(sopInstanceUID: "1.2.3"), context: 3) + data(context: 1),
            .anyAbort
        ),
        UpperLayerCase(
            "a command where data should go on",
            "hostile 22",
            command(.store(sopInstanceUID: "1.2.3"), context: 3) + command(.echo(), context: 3),
            .anyAbort
        ),
        UpperLayerCase(
            "data though none was announced",
            "hostile 25, quirk 29",
            command(.store(sopInstanceUID: "1.2.3").setting(0x0800, RawCommand.us(0x0101)), context: 3)
                + data(context: 3),
            .anyAnswer
        ),
        UpperLayerCase(
            "a command set of 1 MiB",
            "hostile 23",
            command(.echo().setting(0x0902, [UInt8](repeating: 0x41, count: 1 << 20)), context: 1),
            .anyAbort
        ),
        UpperLayerCase(
            "a response to no request",
            "hostile 26",
            command(
                RawCommand([
                    (0x0100, RawCommand.us(0x8001)), (0x0120, RawCommand.us(1)), (0x0800, RawCommand.us(0x0101)),
                    (0x0900, RawCommand.us(0)),
                ]),
                context: 3
            ),
            .anyAbort
        ),
    ]

    private static func request(items: [UInt8]) -> [UInt8] {
        RawRequest([]).with { $0.furtherItems = items }.encoded()
    }

    private static func maximumLength(_ value: [UInt8]) -> [UInt8] {
        RawRequest().with {
            $0.maximumLength = nil
            $0.userItems = rawItem(0x51, value)
        }.encoded()
    }

    /// A P-DATA-TF with an echo request whose value claims a length.
    private static func value(length: Int?) -> [UInt8] {
        let bytes = RawCommand.echo().encoded()
        let value = RawPDV(context: 1, isCommand: true, isLast: true, data: bytes[...])
        return RawPDU(type: 4, body: value.encoded(length: length)).encoded()
    }

    private static func data(context: UInt8) -> [UInt8] {
        let bytes = RawDataSet.image(sopInstanceUID: "1.2.3")
        return RawPDU.data([RawPDV(context: context, isCommand: false, isLast: true, data: bytes[...])]).encoded()
    }

    private static func command(_ command: RawCommand, context: UInt8) -> [UInt8] {
        Fragmentation.usual.encoded(command: command.encoded(), dataSet: nil, context: context)
    }
}
