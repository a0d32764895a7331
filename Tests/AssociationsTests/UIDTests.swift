import Associations
import Testing

@Suite struct UIDTests {
    @Test(
        "padding is not part of it, and stays to be echoed: quirk 1, 2",
        arguments: [
            ("1.2.3", "1.2.3"), ("1.2.3\0", "1.2.3"), ("1.2.3 ", "1.2.3"), ("1.2.3\0\0 \0", "1.2.3"), ("\0", ""),
            ("", ""),
            (" ", ""), ("1.2\03\0", "1.2\03"), (" 1.2", "1.2"), ("  1.2 \0", "1.2"),
        ]
    )
    func padding(sent: String, text: String) {
        let uid = UID(asSent: sent.utf8)
        #expect(uid.text == text)
        #expect(uid.asSent == Array(sent.utf8))
        #expect(uid == UID(text))
        #expect(uid.hashValue == UID(text).hashValue)
        #expect(uid.description == text)
    }

    @Test("a NUL inside makes another UID, not a shorter one: hostile 24")
    func embeddedNUL() {
        #expect(UID(asSent: "1.2\03".utf8) != UID(asSent: "1.2\04".utf8))
        #expect(UID(asSent: "1.2\03".utf8) != "1.2")
    }

    @Test("any bytes are kept") func anyBytesAreKept() {
        let all = (UInt8.min ... .max).map { $0 }
        #expect(UID(asSent: all).asSent == all)
        #expect(UID(asSent: [0xE4, 0x31]).text == "ä1")
        #expect(UID(asSent: [0xE4, 0x31]) == UID("ä1"))
        #expect(UID("1.日").asSent == Array("1.?".utf8))
    }
}

@Suite struct AETitleTests {
    @Test(
        "trimmed at the first NUL and of spaces: quirk 4, 5, 6, 7",
        arguments: [
            ("DICOMNODE       ", "DICOMNODE"), ("  DICOMNODE     ", "DICOMNODE"),
            ("DICOMNODE\0\0\0\0\0\0\0", "DICOMNODE"),
            ("DICOM\0NODE      ", "DICOM"), ("EFILM\r\n         ", "EFILM"), ("A B             ", "A B"),
            ("                ", ""), ("\0               ", ""), ("SIXTEEN_LETTERS_", "SIXTEEN_LETTERS_"),
        ]
    )
    func asSent(sent: String, text: String) {
        let title = AETitle(asSent: sent.utf8)
        #expect(title.text == text)
        #expect(title.asSent == Array(sent.utf8))
        #expect(title == AETitle(asSent: text.utf8))
        #expect(title.hashValue == AETitle(asSent: text.utf8).hashValue)
        #expect(title.description == text)
    }

    @Test("is always sixteen bytes") func isAlwaysSixteenBytes() {
        #expect(AETitle(asSent: []).asSent == [UInt8](repeating: 0x20, count: 16))
        #expect(AETitle(asSent: "0123456789ABCDEFGH".utf8).asSent == Array("0123456789ABCDEF".utf8))
        #expect(AETitle(asSent: [0xD8]).text == "Ø")
    }

    @Test(
        "ours are legal",
        arguments: [
            ("A", true), ("0123456789ABCDEF", true), ("WITH SPACE", true), ("lower-case_1.2", true), ("", false),
            ("   ", false), ("0123456789ABCDEFG", false), ("BACK\\SLASH", false), ("LINE\nEND", false),
            ("NUL\0", false),
            ("GRÖSSE", false), ("日本", false), ("DEL\u{7F}", false),
        ]
    )
    func own(text: String, isLegal: Bool) {
        #expect((AETitle(text) != nil) == isLegal)
        if let title = AETitle(text) { #expect(title.text == text) }
    }
}
