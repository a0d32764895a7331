import Associations
import Testing

@Suite struct SOPClassesTests {
    @Test(
        "known and unknown classes",
        arguments: [
            ("1.2.840.10008.1.1", false, false),  // Verification
            ("1.2.840.10008.1.20.1", false, false),
            ("1.2.840.10008.5.1.4.1.1.2", true, true),
            ("1.2.840.10008.5.1.4.1.1.3", true, true),  // Ultrasound multi-frame, retired
            ("1.2.840.10008.5.1.4.38.1", true, true),  // Hanging protocol storage
            ("1.2.840.10008.5.1.4.1.1.201.1", true, true),  // Inventory storage
            ("1.3.46.670589.2.5.1.1", false, true),  // Private (peers.md §5 row 43)
            ("1.2.840.10008.5.1.4.1.1.9999", false, true),  // Not in the standard yet
            ("1.2.840.10008.1.20.2", false, false),  // Storage commitment pull, retired
            ("1.2.840.10008.1.3.10", false, false),  // Media storage directory
            ("1.2.840.10008.5.1.4.1.2.1.1", false, false),  // Patient root find
            ("1.2.840.10008.5.1.4.1.2.2.2", false, false),  // Study root move
            ("1.2.840.10008.5.1.4.1.2.2.3", false, false),  // Study root get
            ("1.2.840.10008.5.1.4.31", false, false),  // Modality worklist
            ("1.2.840.10008.3.1.2.3.3", false, false),  // Modality performed procedure step
            ("1.2.840.10008.5.1.1.9", false, false),  // Print management
            ("1.2.840.10008.5.1.4.34.6.1", false, false),  // Unified procedure step
            ("1.2.840.10008.5.1.4.1.1.201.2", false, false),  // Inventory find
            ("1.2.840.10008.4.2", false, false),  // The service class, which is no SOP class
            ("", false, false),
        ] as [(String, Bool, Bool)]
    )
    func service(uid: String, known: Bool, anything: Bool) {
        #expect(SOPClasses.isStorage(UID(uid), unknownSOPClasses: false) == known)
        #expect(SOPClasses.isStorage(UID(uid), unknownSOPClasses: true) == anything)
        #expect(SOPClasses.isStorage(UID(uid + "\0"), unknownSOPClasses: true) == anything)
    }

    @Test("no class is both") func noClassIsBoth() {
        #expect(SOPClasses.storage.isDisjoint(with: SOPClasses.notStorage))
        for uid in [SOPClasses.verification, SOPClasses.storageCommitment] {
            #expect(!SOPClasses.storage.contains(uid.text) && !SOPClasses.notStorage.contains(uid.text))
        }
    }

    @Test("every class is a standard UID") func everyClassIsAStandardUID() {
        for uid in SOPClasses.storage.union(SOPClasses.notStorage) {
            let components = uid.split(separator: ".", omittingEmptySubsequences: false)
            #expect(uid.hasPrefix("1.2.840.10008.") && uid.count <= 64)
            #expect(components.allSatisfy { Int($0) != nil && ($0 == "0" || !$0.hasPrefix("0")) }, "\(uid)")
        }
    }
}
