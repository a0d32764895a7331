import TestSupport
import Testing

/// A request as real modalities send it, and what of it the node accepts. Each is followed by a C-STORE that must
/// succeed unless the case expects a rejection.
struct NegotiationCase: CustomTestStringConvertible, Sendable {
    let name: String
    let source: String
    let request: RawRequest
    /// Options of `serve`.
    var options: [String] = []
    /// Results by the order of the answer, nil: do not look.
    var results: [UInt8]?
    /// The rejection expected, if one is.
    var rejection: RawAnswer?
    /// What else the answer must hold.
    var check: @Sendable (RawAccept) -> Bool = { _ in true }
    /// The context on which the C-STORE goes.
    var context: UInt8 = 3

    var testDescription: String { "\(name) (\(source))" }

    init(_ name: String, _ source: String, _ request: RawRequest, _ change: (inout NegotiationCase) -> Void = { _ in })
    {
        self.name = name
        self.source = source
        self.request = request
        change(&self)
    }

    private static let titled: @Sendable ([UInt8], [UInt8]) -> RawRequest = { called, calling in
        RawRequest().with {
            $0.calledAETitle = called
            $0.callingAETitle = calling
        }
    }

    private static func ct(_ id: UInt8, _ syntaxes: [String] = [RawUID.explicitLittle]) -> RawRequest.Context {
        RawRequest.Context(id, RawUID.ctImage, syntaxes)
    }

    static let all: [NegotiationCase] = titles + contexts + userInformation

    static let titles: [NegotiationCase] = [
        NegotiationCase(
            "called title padded with NUL",
            "quirk 4",
            titled(Array("DICOMNODE".utf8) + zeros(7), rawTitle("A"))
        ),
        NegotiationCase(
            "calling title with CR and NUL inside",
            "quirk 4, eFilm",
            titled(rawTitle("DICOMNODE"), Array("EF\r\0FILM".utf8) + zeros(8))
        ),
        NegotiationCase("titles of NUL only", "quirk 5, pynetdicom#646", titled(zeros(16), zeros(16))),
        NegotiationCase("titles of spaces only", "quirk 5", titled(rawTitle(""), rawTitle(""))) {
            $0.check = { $0.callingAETitle == rawTitle("") }
        },
        NegotiationCase(
            "bytes above 7FH in both titles",
            "quirk 6, fo-dicom#1103",
            titled([0xC4, 0xD6] + rawTitle("")[2...], [0xFF] + rawTitle("")[1...])
        ),
        NegotiationCase(
            "leading spaces in titles",
            "quirk 7",
            titled(Array("  DICOMNODE     ".utf8), Array("   RAW          ".utf8))
        ) {
            $0.check = { $0.callingAETitle == Array("   RAW          ".utf8) }
        },
        NegotiationCase(
            "a title that is a path, a shell command and a line",
            "hostile 16, hostile 43",
            titled(Array("../;id`id`\n\u{1B}[2J ".utf8), rawTitle("\u{1B}]0;x\u{07}\r\n%n%s../"))
        ),
        NegotiationCase(
            "a called title that is not ours, if any will do",
            "design",
            titled(rawTitle("SOMEBODY"), rawTitle("RAW"))
        ),
        NegotiationCase(
            "a called title that is not accepted",
            "PS3.8 §9.3.4",
            titled(rawTitle("SOMEBODY"), rawTitle("RAW"))
        ) {
            $0.options = ["--accept-called-ae-titles", "DICOMNODE"]
            $0.rejection = .rejected(result: 1, source: 1, reason: 7)
        },
        NegotiationCase(
            "a called title that is accepted",
            "PS3.8 §9.3.4",
            titled(Array(" DICOMNODE\0\0\0\0\0\0".utf8), rawTitle("RAW"))
        ) {
            $0.options = ["--accept-called-ae-titles", "DICOMNODE"]
        },
        NegotiationCase(
            "a calling title that is not accepted",
            "PS3.8 §9.3.4",
            titled(rawTitle("DICOMNODE"), rawTitle("RAW"))
        ) {
            $0.options = ["--accept-calling-ae-titles", "SCANNER"]
            $0.rejection = .rejected(result: 1, source: 1, reason: 3)
        },
        NegotiationCase(
            "an empty calling title where titles are checked",
            "quirk 5",
            titled(rawTitle("DICOMNODE"), rawTitle(""))
        ) {
            $0.options = ["--accept-calling-ae-titles", "SCANNER"]
            $0.rejection = .rejected(result: 1, source: 1, reason: 3)
        },
    ]

    static let contexts: [NegotiationCase] = [
        NegotiationCase(
            "UIDs with NUL behind them",
            "quirk 1, pynetdicom#240",
            RawRequest([.init(3, Array((RawUID.ctImage + "\0").utf8), [Array((RawUID.explicitLittle + "\0").utf8)])])
        ) { $0.results = [0] },
        NegotiationCase(
            "UIDs with spaces behind them",
            "quirk 2",
            RawRequest([.init(3, Array((RawUID.ctImage + " ").utf8), [Array((RawUID.explicitLittle + " ").utf8)])])
        ) { $0.results = [0] },
        NegotiationCase(
            "an application context with NUL behind it",
            "quirk 15",
            RawRequest().with { $0.applicationContext += [0] }
        ),
        NegotiationCase(
            "a transfer syntax twice",
            "quirk 8, fo-dicom#391",
            RawRequest([ct(3, [RawUID.explicitLittle, RawUID.explicitLittle])])
        ) { $0.results = [0] },
        NegotiationCase(
            "even, zero and unordered context ids",
            "quirk 9, dcm4che PR#1318",
            RawRequest([ct(200), ct(0), ct(3), ct(2)])
        ) {
            $0.results = [0, 0, 0, 0]
            $0.context = 0
        },
        NegotiationCase(
            "the same id twice counts once, the first",
            "quirk 9",
            RawRequest([ct(3), .init(3, RawUID.mrImage, [RawUID.implicitLittle]), ct(5)])
        ) { $0.results = [0, 0] },
        NegotiationCase("200 contexts", "quirk 10, hostile 15", RawRequest((0..<200).map { ct($0 &+ 1) })) {
            $0.check = { $0.contexts.count == 128 && $0.contexts.allSatisfy { $0.result == 0 } }
        },
        NegotiationCase("128 contexts with odd ids", "PS3.8 §9.3.2.2", RawRequest((0..<128).map { ct($0 * 2 + 1) })) {
            $0.results = [UInt8](repeating: 0, count: 128)
        },
        NegotiationCase(
            "a class that the node does not serve",
            "PS3.8 §9.3.3.2",
            RawRequest([.init(1, "1.2.840.10008.5.1.4.1.2.1.1", [RawUID.implicitLittle]), ct(3)])
        ) { $0.results = [3, 0] },
        NegotiationCase(
            "one transfer syntax for each context, also refused ones",
            "quirk 11, fo-dicom#543",
            RawRequest([.init(1, "1.2.840.10008.5.1.4.31", [RawUID.implicitLittle]), ct(3)])
        ) {
            $0.check = { $0.contexts.allSatisfy { $0.transferSyntaxes.count == 1 } }
        },
        NegotiationCase(
            "a private SOP class",
            "quirk 43, pynetdicom#1006",
            RawRequest([.init(1, "1.3.46.670589.2.5.1.1", [RawUID.explicitLittle]), ct(3)])
        ) { $0.results = [0, 0] },
        NegotiationCase(
            "a transfer syntax that does not exist",
            "issue 2",
            RawRequest([.init(1, RawUID.mrImage, ["1.2.3.4.5.6.7"]), ct(3)])
        ) {
            $0.check = { $0.contexts.map(\.transferSyntaxes) == [["1.2.3.4.5.6.7"], [RawUID.explicitLittle]] }
        },
        NegotiationCase(
            "syntaxes that are no UIDs are not supported",
            "hostile 16, hostile 29",
            RawRequest([
                .init(1, "../../x", [RawUID.explicitLittle]), .init(5, RawUID.ctImage, ["1.2\n\u{1B}[2J"]), ct(3),
            ])
        ) { $0.results = [3, 4, 0] },
        NegotiationCase(
            "explicit little endian, if listed beside implicit or big endian",
            "design",
            RawRequest([ct(3, [RawUID.implicitLittle, RawUID.explicitBig, RawUID.explicitLittle])])
        ) {
            $0.check = { $0.contexts.map(\.transferSyntaxes) == [[RawUID.explicitLittle]] }
        },
        NegotiationCase(
            "else the first listed",
            "design",
            RawRequest([.init(1, RawUID.mrImage, [RawUID.jpegBaseline, RawUID.explicitLittle]), ct(3)])
        ) {
            $0.check = { $0.contexts[0].transferSyntaxes == [RawUID.jpegBaseline] }
        },
    ]

    static let userInformation: [NegotiationCase] = [
        NegotiationCase(
            "no implementation class UID",
            "quirk 12, DCMTK --reject",
            RawRequest().with { $0.implementationClassUID = nil }
        ),
        NegotiationCase(
            "a version name of 40 characters",
            "quirk 12",
            RawRequest().with { $0.implementationVersionName = [UInt8](repeating: 0x41, count: 40) }
        ),
        NegotiationCase("no maximum length", "quirk 13, pynetdicom#193", RawRequest().with { $0.maximumLength = nil }),
        NegotiationCase("maximum length 0", "quirk 13", RawRequest().with { $0.maximumLength = 0 }),
        NegotiationCase("maximum length FFFFFFFFH", "quirk 13", RawRequest().with { $0.maximumLength = 0xFFFF_FFFF }),
        NegotiationCase(
            "maximum length 1: no response fits, but nothing loops",
            "hostile 27",
            RawRequest().with { $0.maximumLength = 1 }
        ),
        NegotiationCase(
            "maximum length 6: no response fits, but nothing loops",
            "hostile 27",
            RawRequest().with { $0.maximumLength = 6 }
        ),
        NegotiationCase("no user information", "quirk 14", RawRequest().with { $0.omitsUserInformation = true }),
        NegotiationCase(
            "unknown items and sub-items",
            "quirk 16, PS3.8 §9.3.1",
            RawRequest().with {
                $0.userItems = rawItem(0x60, [1, 2, 3]) + rawItem(0xEE, [])
                $0.furtherItems = rawItem(0x99, [9, 9, 9])
            }
        ),
        NegotiationCase(
            "a protocol version with further bits",
            "quirk 17",
            RawRequest().with { $0.protocolVersion = 0xFFFF }
        ),
        NegotiationCase(
            "a role selection is answered: SCU as proposed, SCP 0",
            "quirk 18",
            RawRequest().with { $0.userItems = role(scu: 1, scp: 1) }
        ) {
            $0.check = { $0.userItem(0x54) == rolePrefix() + [1, 0] }
        },
        NegotiationCase("no role selection is answered if none was proposed", "PS3.7 §D.3.3.4", RawRequest()) {
            $0.check = { $0.userItem(0x54) == nil && $0.userItem(0x53) == nil && $0.userItem(0x59) == nil }
        },
        NegotiationCase(
            "an asynchronous operations window is answered: performed 1",
            "quirk 18",
            RawRequest().with { $0.userItems = rawItem(0x53, [0, 5, 0, 9]) }
        ) {
            $0.check = { $0.userItem(0x53) == [0, 5, 0, 1] }
        },
        NegotiationCase(
            "an unlimited window is answered with ours",
            "design",
            RawRequest().with { $0.userItems = rawItem(0x53, [0, 0, 0, 0]) }
        ) {
            $0.options = ["--limits-operations", "7"]
            $0.check = { $0.userItem(0x53) == [0, 7, 0, 1] }
        },
        NegotiationCase(
            "a user identity with a response asked for is answered",
            "quirk 18",
            RawRequest().with { $0.userItems = rawItem(0x58, [1, 1, 0, 1, 0x55, 0, 0]) }
        ) {
            $0.check = { $0.userItem(0x59) != nil }
        },
        NegotiationCase(
            "a user identity without a response asked for is not answered",
            "PS3.7 §D.3.3.7",
            RawRequest().with { $0.userItems = rawItem(0x58, [1, 0, 0, 1, 0x55, 0, 0]) }
        ) {
            $0.check = { $0.userItem(0x59) == nil }
        },
        NegotiationCase(
            "extended and common extended negotiation",
            "quirk 18",
            RawRequest().with {
                $0.userItems =
                    rawItem(0x56, rolePrefix() + [2, 0, 3, 0, 1, 0])
                    + rawItem(0x57, rolePrefix() + [0, 3] + Array("1.2".utf8) + [0, 0])
            }
        ),
        NegotiationCase("what we are is said", "PS3.7 §D.3.3.2", RawRequest()) {
            $0.check = {
                $0.maximumLength == 262_144 && $0.userItem(0x52) != nil && ($0.userItem(0x55)?.count ?? 0) <= 16
            }
        },
        NegotiationCase("the maximum length is a setting", "issue 2", RawRequest()) {
            $0.options = ["--limits-pdu-length", "16384"]
            $0.check = { $0.maximumLength == 16_384 }
        },
    ]

    private static func zeros(_ count: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: count)
    }

    private static func rolePrefix() -> [UInt8] {
        [0, UInt8(RawUID.ctImage.utf8.count)] + Array(RawUID.ctImage.utf8)
    }

    private static func role(scu: UInt8, scp: UInt8) -> [UInt8] {
        rawItem(0x54, rolePrefix() + [scu, scp])
    }
}
