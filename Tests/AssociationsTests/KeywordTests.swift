import Associations
import Testing

/// SOP classes and transfer syntaxes as operators name them.
@Suite struct KeywordTests {
    @Test(
        "a storage SOP class is its keyword or its UID",
        arguments: [
            ("CTImageStorage", "1.2.840.10008.5.1.4.1.1.2"), ("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2"),
            ("BasicTextSRStorage", "1.2.840.10008.5.1.4.1.1.88.11"), ("1.2.3.4", "1.2.3.4"), ("1.02.3", "1.02.3"),
            ("", nil), ("ctimagestorage", nil), ("CT", nil), ("1", nil), ("1.", nil), (".1", nil), ("1..2", nil),
            ("1.2 ", nil), ("1.2\0", nil), ("1.a", nil), (String(repeating: "1.", count: 32) + "1", nil),
            ("ExplicitVRLittleEndian", nil),
        ] as [(String, UID?)]
    )
    func classes(name: String, uid: UID?) {
        #expect(UID(storageSOPClass: name) == uid)
    }

    @Test(
        "a transfer syntax is its keyword or its UID",
        arguments: [
            ("ExplicitVRLittleEndian", .explicitVRLittleEndian), ("ImplicitVRLittleEndian", .implicitVRLittleEndian),
            ("JPEGLosslessSV1", "1.2.840.10008.1.2.4.70"), ("1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.70"),
            ("CTImageStorage", nil), ("", nil),
        ] as [(String, UID?)]
    )
    func syntaxes(name: String, uid: UID?) {
        #expect(UID(transferSyntax: name) == uid)
    }

    @Test("every storage SOP class but two that are retired has a keyword")
    func complete() {
        let named = Set(UID.storageSOPClassKeywords.compactMap { UID(storageSOPClass: $0)?.text })
        #expect(
            SOPClasses.storage.symmetricDifference(named)
                == ["1.2.840.10008.5.1.4.1.1.12.77", "1.2.840.10008.5.1.4.1.1.40"]
        )
        #expect(named.count == UID.storageSOPClassKeywords.count, "no UID has two keywords")
        #expect(UID.transferSyntaxKeywords.count > 50)
    }
}
