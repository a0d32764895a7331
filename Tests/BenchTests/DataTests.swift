import Foundation
import Testing

@testable import dicom_bench

@Suite("Synthetic data sets")
struct DataTests {
    @Test("the same bytes every time, elements in order up to Pixel Data", arguments: Workload.allCases)
    func deterministic(workload: Workload) throws {
        let first = try workload.instances(count: 4, largeBytes: 1 << 20)
        let second = try workload.instances(count: 4, largeBytes: 1 << 20)
        #expect(first.map(\.dataSet) == second.map(\.dataSet))
        #expect(Set(first.map(\.sopInstanceUID)).count == 4)
        for instance in first {
            let tags = ElementHeaders(instance.dataSet, implicit: false).map(\.tag)
            #expect(tags == tags.sorted())
            #expect(tags.count > 40)
            #expect(instance.dataSet.count % 2 == 0)
        }
    }

    @Test("sizes are those they are named for")
    func sizes() throws {
        let ct = try Workload.ct.instances(count: 1)[0].dataSet.count
        #expect((512 << 10)..<(530 << 10) ~= ct)
        let small = try Workload.small.instances(count: 40).map(\.dataSet.count)
        #expect(small.allSatisfy { (10 << 10)..<(20 << 10) ~= $0 })
        let jpeg = try Workload.jpeg.instances(count: 20).map(\.dataSet.count)
        #expect(jpeg.allSatisfy { (185 << 10)..<(215 << 10) ~= $0 })
        #expect(try Workload.large.instances(count: 1, largeBytes: 3 << 20)[0].dataSet.count > 3 << 20)
    }

    @Test("a study has several classes and transfer syntaxes")
    func study() throws {
        let study = try Workload.study.instances(count: 100)
        #expect(Set(study.map(\.sopClassUID)).count == 3)
        #expect(Set(study.map(\.transferSyntaxUID)).count == 2)
    }

    @Test("a new UID replaces the old one and nothing else")
    func renumbered() throws {
        let instance = try Workload.small.instances(count: 2)[1]
        let number = InstanceNumber(run: 123_456, object: 1, repetition: 7)
        let sent = instance.renumbered(number)
        #expect(sent.count == instance.renumberedLength)
        let before = Array(ElementHeaders(instance.dataSet, implicit: false))
        let after = Array(ElementHeaders(sent, implicit: false))
        #expect(before.map(\.tag) == after.map(\.tag))
        for (old, new) in zip(before, after) {
            if old.tag == 0x0008_0018 {
                #expect(String(decoding: sent[new.value], as: UTF8.self) == number.uid)
            } else {
                #expect(instance.dataSet[old.value] == sent[new.value])
            }
        }
    }

    @Test("a UID leads back to its numbers", arguments: [(0, 0, 0), (1, 2, 3), (999_999, 9_999_999, 999_999_999)])
    func number(run: Int, object: Int, repetition: Int) {
        let number = InstanceNumber(run: run, object: object, repetition: repetition)
        #expect(number.uid.count == InstanceNumber.length)
        #expect(InstanceNumber(uid: number.uid) == number)
        #expect(InstanceNumber(uid: number.uid + "1") == nil)
        #expect(InstanceNumber(uid: "2.26" + number.uid.dropFirst(4)) == nil)
    }

    @Test("a file is read back as it was written")
    func part10() throws {
        let folder = try TemporaryFolder()
        let instance = try Workload.jpeg.instances(count: 1)[0]
        try write(Part10Header.encode(instance) + instance.dataSet, to: folder.path + "/one.dcm")
        try write(Array("not DICOM".utf8), to: folder.path + "/other.txt")
        let read = try readInstances([folder.path])
        #expect(read.count == 1)
        #expect(read[0].dataSet == instance.dataSet)
        #expect(read[0].sopInstanceUID == instance.sopInstanceUID)
        #expect(read[0].transferSyntaxUID == "1.2.840.10008.1.2.4.50")
    }

    @Test("a data set without a SOP Instance UID is refused")
    func withoutUID() {
        var set = DataSetWriter()
        set.text(0x0008_0016, "UI", SOPClass.ct.uid)
        set.text(0x0010_0010, "PN", "No^Name")
        #expect(throws: BenchError.self) {
            try Instance(
                sopClassUID: SOPClass.ct.uid,
                sopInstanceUID: "2.25.1",
                transferSyntaxUID: "1.2.840.10008.1.2.1",
                dataSet: set.encoded()
            )
        }
    }
}

/// A folder that goes with the value.
final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "bench-" + UUID().uuidString
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}
