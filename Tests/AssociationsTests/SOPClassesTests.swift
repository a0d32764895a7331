import Associations
import Testing

@Suite struct SOPClassesTests {
    @Test(
        "known and unknown classes",
        arguments: [
            ("1.2.840.10008.1.1", .verification, .verification),
            ("1.2.840.10008.5.1.4.1.1.2", .storage, .storage),
            ("1.2.840.10008.5.1.4.1.1.3", .storage, .storage),  // Ultrasound multi-frame, retired
            ("1.2.840.10008.5.1.4.38.1", .storage, .storage),  // Hanging protocol storage
            ("1.2.840.10008.5.1.4.1.1.201.1", .storage, .storage),  // Inventory storage
            ("1.3.46.670589.2.5.1.1", nil, .storage),  // Private (quirk 43)
            ("1.2.840.10008.5.1.4.1.1.9999", nil, .storage),  // Not in the standard yet
            ("1.2.840.10008.1.20.2", nil, nil),  // Storage commitment pull, retired
            ("1.2.840.10008.1.3.10", nil, nil),  // Media storage directory
            ("1.2.840.10008.5.1.4.1.2.1.1", nil, nil),  // Patient root find
            ("1.2.840.10008.5.1.4.1.2.2.2", nil, nil),  // Study root move
            ("1.2.840.10008.5.1.4.1.2.2.3", nil, nil),  // Study root get
            ("1.2.840.10008.5.1.4.31", nil, nil),  // Modality worklist
            ("1.2.840.10008.3.1.2.3.3", nil, nil),  // Modality performed procedure step
            ("1.2.840.10008.5.1.1.9", nil, nil),  // Print management
            ("1.2.840.10008.5.1.4.34.6.1", nil, nil),  // Unified procedure step
            ("1.2.840.10008.5.1.4.1.1.201.2", nil, nil),  // Inventory find
            ("1.2.840.10008.4.2", nil, nil),  // The service class, which is no SOP class
            ("", nil, nil),
        ] as [(String, SupportedService?, SupportedService?)]
    )
    func service(uid: String, known: SupportedService?, anything: SupportedService?) {
        #expect(SOPClasses.service(of: UID(uid), unknownSOPClasses: false, storageCommitment: false) == known)
        #expect(SOPClasses.service(of: UID(uid), unknownSOPClasses: true, storageCommitment: false) == anything)
        #expect(SOPClasses.service(of: UID(uid + "\0"), unknownSOPClasses: true, storageCommitment: false) == anything)
    }

    @Test(arguments: [true, false])
    func storageCommitment(isServed: Bool) {
        for unknown in [true, false] {
            let service = SOPClasses.service(
                of: SOPClasses.storageCommitment,
                unknownSOPClasses: unknown,
                storageCommitment: isServed
            )
            #expect(service == (isServed ? .storageCommitment : nil))
        }
    }

    @Test func noClassIsBoth() {
        #expect(SOPClasses.storage.isDisjoint(with: SOPClasses.notStorage))
        for uid in [SOPClasses.verification, SOPClasses.storageCommitment] {
            #expect(!SOPClasses.storage.contains(uid.text) && !SOPClasses.notStorage.contains(uid.text))
        }
    }

    @Test func everyClassIsAStandardUID() {
        for uid in SOPClasses.storage.union(SOPClasses.notStorage) {
            let components = uid.split(separator: ".", omittingEmptySubsequences: false)
            #expect(uid.hasPrefix("1.2.840.10008.") && uid.count <= 64)
            #expect(components.allSatisfy { Int($0) != nil && ($0 == "0" || !$0.hasPrefix("0")) }, "\(uid)")
        }
    }
}
