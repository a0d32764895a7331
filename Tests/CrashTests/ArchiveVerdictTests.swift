import Foundation
import TestSupport
import Testing

/// The judge of all the other tests here must see what it is there for.
@Suite("The verdict on an archive")
struct ArchiveVerdictTests {
    private let directory: TemporaryDirectory
    private let record: Ledger.Record
    private let files: [String]

    /// An archive of two instances that were acknowledged and one that was not, all whole.
    init() throws {
        directory = try TemporaryDirectory()
        let instances = (0..<3).map { SentInstance(seed: 1, sender: 0, number: $0, pixels: 1000, study: 0) }
        var record = Ledger.Record()
        record.begun = Set(instances)
        record.acknowledged = Set(instances.dropLast())
        self.record = record
        let directory = directory
        files = try instances.map { instance in
            let bytes = part10(
                sopClassUID: RawUID.ctImage,
                sopInstanceUID: instance.sopInstanceUID,
                transferSyntaxUID: RawUID.explicitLittle,
                dataSet: instance.dataSet
            )
            return try directory.write(bytes, to: "study/\(instance.sopInstanceUID).dcm")
        }
        try directory.write([1], to: ".own/marker")
    }

    private func faults() throws -> [String] {
        try ArchiveVerdict.faults(directory.path, record, ownFiles: [".own/marker"])
    }

    @Test("all well, with the unacknowledged one or without")
    func well() throws {
        #expect(try faults().isEmpty)
        unlink(files[2])
        #expect(try faults().isEmpty)
    }

    @Test("an acknowledged instance is missing")
    func missing() throws {
        unlink(files[0])
        #expect(try faults().count == 1)
    }

    @Test("an instance is not whole, acknowledged or not", arguments: [0, 2])
    func torn(index: Int) throws {
        truncate(files[index], off_t(try contents(of: files[index]).count - 2))
        #expect(try faults().count == 1)
    }

    @Test("an instance has another byte", arguments: [1, 2])
    func changed(index: Int) throws {
        var bytes = try contents(of: files[index])
        bytes[bytes.count - 1] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: files[index]))
        #expect(try faults().count == 1)
    }

    @Test("something is left over, or was never sent, or is there twice")
    func surplus() throws {
        try directory.write([1], to: ".own/incoming/1-1")
        try directory.write([1], to: "study/1.2.3.dcm")
        try directory.write(try contents(of: files[0]), to: "other/" + (files[0] as NSString).lastPathComponent)
        #expect(try faults().count == 3)
    }
}
