import Foundation
import TestSupport
import Testing

@Suite("Storage, from pynetdicom")
struct PynetdicomStoreTests {
    @Test(
        "every fixture arrives as it is in its file, whatever maximum length the peer offers",
        arguments: [0, 128, 16384]
    )
    func fixtures(maximumLength: Int) throws {
        try #require(!InteroperabilityTests.fixtures.isEmpty)
        try withNode { node in
            let files = InteroperabilityTests.fixtures
            let result = try run(python, [script("storescu"), "\(node.port)", "\(maximumLength)"] + files)
            #expect(result.succeeded, "\(result)")
            for path in files {
                let file = try Part10File(path: path)
                let archived = try node.archived(file.sopInstanceUID)
                #expect(archived.dataSet == file.dataSet, "\(path)")
                #expect(archived.transferSyntaxUID == file.transferSyntaxUID, "\(path)")
            }
            #expect(try node.instances().count == files.count)
        }
    }
}
