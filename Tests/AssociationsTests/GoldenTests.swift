import Associations
import NIOCore
import TestSupport
import Testing

/// The commented byte strings in Fixtures/upper-layer, and what they mean.
@Suite struct GoldenTests {
    static let files = Result { try Fixtures.names(in: "upper-layer", suffix: ".hex") }

    @Test("every file is expected here") func everyFileIsExpectedHere() throws {
        #expect(
            Set(try Self.files.get().map { String($0.dropFirst("upper-layer/".count)) })
                == [
                    "abort.hex", "associate-ac.hex", "associate-rj.hex", "associate-rq-bare.hex",
                    "associate-rq-echoscu.hex", "associate-rq-every-item.hex", "associate-rq-quirks.hex", "data.hex",
                    "release.hex",
                ]
        )
    }

    private func pdus(_ name: String) throws -> [PDU] {
        let decoded = decode(try HexFile.bytes("upper-layer/" + name))
        #expect(decoded.error == nil)
        #expect(!decoded.isWithinPDU)
        #expect(decoded.unread == 0)
        return decoded.pdus
    }

    private func request(_ name: String) throws -> AssociateRQ {
        guard case .associateRQ(let request) = try #require(try pdus(name).first) else {
            Issue.record("\(name) is no A-ASSOCIATE-RQ")
            return Sample.request
        }
        return request
    }

    @Test("echoscu") func echoscu() throws {
        let expected = AssociateRQ(
            calledAETitle: Sample.called,
            callingAETitle: Sample.calling,
            presentationContexts: [
                ProposedPresentationContext(
                    id: 1,
                    abstractSyntax: "1.2.840.10008.1.1",
                    transferSyntaxes: ["1.2.840.10008.1.2"]
                )
            ],
            userInformation: UserInformation(
                maximumLengthReceived: 16384,
                implementationClassUID: "1.2.276.0.7230010.3.0.3.6.7",
                implementationVersionName: "OFFIS_DCMTK_367"
            )
        )
        #expect(try request("associate-rq-echoscu.hex") == expected)
        // Byte for byte what we send, but for the reserved byte that DCMTK sets in the context.
        var bytes = try HexFile.bytes("upper-layer/associate-rq-echoscu.hex")
        bytes[105] = 0
        #expect(try PDU.associateRQ(expected).encoded() == bytes)
    }

    @Test("every item") func everyItem() throws {
        let ct: UID = "1.2.840.10008.5.1.4.1.1.2"
        let expected = Sample.request(
            [
                ProposedPresentationContext(
                    id: 1,
                    abstractSyntax: ct,
                    transferSyntaxes: [.implicitVRLittleEndian, .explicitVRLittleEndian]
                ),
                ProposedPresentationContext(
                    id: 3,
                    abstractSyntax: "1.2.840.10008.5.1.4.1.1.1.2",
                    transferSyntaxes: ["1.2.840.10008.1.2.4.70"]
                ),
            ],
            UserInformation(
                maximumLengthReceived: 0,
                implementationClassUID: "1.2.3.4",
                implementationVersionName: "SCANNER 1.0",
                asynchronousOperationsWindow: AsynchronousOperationsWindow(invoked: 8, performed: 1),
                roleSelections: [RoleSelection(sopClassUID: ct, scu: true, scp: true)],
                extendedNegotiations: [
                    ExtendedNegotiation(sopClassUID: ct, serviceClassApplicationInformation: [3, 0, 0, 0, 2, 0])
                ],
                commonExtendedNegotiations: [
                    CommonExtendedNegotiation(
                        sopClassUID: "1.2.840.10008.5.1.4.1.1.1.2",
                        serviceClassUID: "1.2.840.10008.4.2",
                        relatedGeneralSOPClassUIDs: ["1.2.840.10008.5.1.4.1.1.1.1"]
                    )
                ],
                userIdentity: UserIdentityRQ(
                    type: 2,
                    positiveResponseRequested: true,
                    primaryField: Array("anna".utf8),
                    secondaryField: Array("secret".utf8)
                ),
                unknownItems: [UnknownItem(type: 0x60, bytes: [0xDE, 0xAD, 0xBE, 0xEF])]
            )
        )
        #expect(try request("associate-rq-every-item.hex") == expected)
        let bytes = try HexFile.bytes("upper-layer/associate-rq-every-item.hex")
        #expect(try PDU.associateRQ(expected).encoded() == bytes)
    }

    @Test("a request with padding, odd titles, ids and items is read (quirk 1, 2, 4, 6, 7, 8, 9, 12, 13, 15, 16, 17)")
    func quirks() throws {
        let request = try request("associate-rq-quirks.hex")
        #expect(request.protocolVersion == 0x8003)
        #expect(NegotiationPolicy.providerRejection(of: request) == nil)
        #expect(request.calledAETitle.text == "EFILM")
        #expect(request.calledAETitle.asSent == Array("EFILM\0\r\n".utf8) + [UInt8](repeating: 0, count: 8))
        #expect(request.callingAETitle.text == "OSIRIØ")
        #expect(request.applicationContextName == .dicomApplicationContext)
        #expect(request.applicationContextName.asSent.last == 0)
        #expect(request.presentationContexts.map(\.id) == [2, 0, 2, 255])
        #expect(request.presentationContexts.map(\.transferSyntaxes.count) == [2, 1, 1, 0])
        #expect(request.presentationContexts[0].abstractSyntax == SOPClasses.verification)
        #expect(request.presentationContexts[1].abstractSyntax == Sample.ctImageStorage)
        #expect(request.presentationContexts[1].transferSyntaxes[0].asSent == Array("1.2.840.10008.1.2.1 ".utf8))
        #expect(request.userInformation.maximumLengthReceived == nil)
        #expect(request.userInformation.implementationVersionName == "A VERSION NAME THAT IS TOO LONG")
    }

    @Test("a request without titles and user information is read (quirk 5, 14)")
    func bare() throws {
        let request = try request("associate-rq-bare.hex")
        #expect(request.calledAETitle.text.isEmpty && request.callingAETitle.text.isEmpty)
        #expect(request.userInformation == UserInformation())
        #expect(request.presentationContexts.count == 1)
    }

    @Test("acceptance") func acceptance() throws {
        guard case .associateAC(let answer) = try #require(try pdus("associate-ac.hex").first) else {
            Issue.record("no A-ASSOCIATE-AC")
            return
        }
        #expect(
            answer.presentationContexts.map(\.result) == [
                .acceptance, .abstractSyntaxNotSupported, .transferSyntaxesNotSupported, .userRejection, .noReason,
            ]
        )
        #expect(answer.presentationContexts.map(\.id) == [1, 3, 5, 7, 9])
        #expect(
            answer.presentationContexts.map(\.transferSyntax) == [
                .explicitVRLittleEndian, .implicitVRLittleEndian, "", "", .implicitVRLittleEndian,
            ]
        )
        #expect(
            answer.userInformation
                == UserInformation(
                    maximumLengthReceived: 16384,
                    implementationClassUID: "1.2.3.4",
                    implementationVersionName: "NODE",
                    asynchronousOperationsWindow: AsynchronousOperationsWindow(invoked: 0, performed: 1),
                    roleSelections: [RoleSelection(sopClassUID: Sample.ctImageStorage, scu: true, scp: false)],
                    extendedNegotiations: [
                        ExtendedNegotiation(
                            sopClassUID: Sample.ctImageStorage,
                            serviceClassApplicationInformation: [2, 0, 3, 0, 0, 0]
                        )
                    ],
                    userIdentityResponse: UserIdentityAC()
                )
        )
    }

    @Test("rejection") func rejection() throws {
        #expect(try pdus("associate-rj.hex") == [.associateRJ(.localLimitExceeded)])
        #expect(try PDU.associateRJ(.localLimitExceeded).encoded() == HexFile.bytes("upper-layer/associate-rj.hex"))
    }

    @Test("a release PDU longer than it should be is read (quirk 38)")
    func release() throws {
        #expect(try pdus("release.hex") == [.releaseRQ, .releaseRP, .releaseRQ])
        let bytes = try HexFile.bytes("upper-layer/release.hex")
        #expect(try PDU.releaseRQ.encoded() + PDU.releaseRP.encoded() == Array(bytes.prefix(20)))
    }

    @Test("an abort with the reserved source is read (quirk 37)")
    func abort() throws {
        let aborts = [
            Abort.serviceUser, Abort(source: .reserved, reason: 0), .serviceProvider(.invalidPDUParameterValue),
        ]
        #expect(try pdus("abort.hex") == aborts.map { .abort($0) })
        #expect(try aborts.flatMap { try PDU.abort($0).encoded() } == HexFile.bytes("upper-layer/abort.hex"))
    }

    @Test("values in any number, of any length, are read (quirk 19, 20, 21, 22, 23)")
    func data() throws {
        func fragment(_ isCommand: Bool, _ isLast: Bool, _ byte: UInt8, _ count: Int) -> PDUDecoder.Element {
            .fragment(
                PDVFragment(
                    presentationContextID: 1,
                    isCommand: isCommand,
                    isLast: isLast,
                    endsValue: true,
                    bytes: ByteBuffer(repeating: byte, count: count)
                )
            )
        }
        let decoded = decode(try HexFile.bytes("upper-layer/data.hex"))
        #expect(decoded.error == nil)
        #expect(
            decoded.elements == [
                .dataTF(length: 28, exceedsOffer: false), fragment(true, true, 0xC0, 10),
                fragment(false, false, 0xD0, 6),
                .dataTF(length: 0, exceedsOffer: false),
                .dataTF(length: 9, exceedsOffer: false), fragment(false, false, 0xD1, 3),
                .dataTF(length: 6, exceedsOffer: false), fragment(false, true, 0, 0),
            ]
        )
    }
}
