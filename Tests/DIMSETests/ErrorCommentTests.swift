import DIMSE
import TestSupport
import Testing

@Suite struct ErrorCommentTests {
    private func comment(_ text: String) -> String? {
        CEchoRSP(to: CEchoRQ(messageID: 1), status: .processingFailure, errorComment: text).errorComment
    }

    @Test(
        "is cut and cleaned",
        arguments: [
            ("plain", "plain"),
            ("a\\b", "a/b"),
            ("a\nb\u{1B}c\u{7F}d\u{0}", "a b c d"),
            ("  spaces  ", "spaces"),
            ("Müller 患者", "M?ller ??"),
            (String(repeating: "x", count: 65), String(repeating: "x", count: 64)),
            (String(repeating: "ü", count: 65), String(repeating: "?", count: 64)),
            (String(repeating: "x", count: 63) + " y", String(repeating: "x", count: 63)),
        ]
    )
    func isCutAndCleaned(text: String, expected: String) {
        #expect(comment(text) == expected)
    }

    @Test("nothing is left out", arguments: ["", " ", "\u{0}\n"]) func nothingIsLeftOut(text: String) {
        #expect(comment(text) == nil)
    }

    /// fo-dicom#1282: a comment that was too long prevented the answer.
    @Test("is always a legal value", arguments: SeededGenerator.seeds(300)) func isAlwaysALegalValue(seed: UInt64)
        throws
    {
        var random = SeededGenerator(seed: seed)
        let text = String(decoding: random.bytes(Int.random(in: 0...200, using: &random)), as: UTF8.self)
        let response = CStoreRSP(
            messageIDBeingRespondedTo: 1,
            affectedSOPClassUID: nil,
            affectedSOPInstanceUID: nil,
            status: .cannotUnderstand,
            errorComment: text
        )
        let value = try CommandSet(decoding: response.encoded())[.errorComment] ?? []
        #expect(value.count <= 64)
        #expect(value.count.isMultiple(of: 2))
        #expect(value.allSatisfy { 0x20...0x7E ~= $0 && $0 != 0x5C })
    }
}
