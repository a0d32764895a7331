import CDCMTKFixtures
import DataSets
import Foundation
import TestSupport
import Testing

@testable import dicom_fixtures

/// The files under Fixtures/instances: what the scanner finds in them is what DCMTK put there.
@Suite struct FixturesTests {
    /// A data set, cut out of its file.
    struct Instance {
        var transferSyntaxUID: String
        var dataSet: [UInt8]

        /// PS3.10 §7.1: preamble, `DICM`, (0002,0000) with the group's length, and the rest of the group.
        init(_ name: String) throws {
            let file = try Fixtures.bytes("instances/" + name)
            let length = file[140..<144].reversed().reduce(0) { $0 << 8 | Int($1) }
            let meta = file[..<(144 + length)]
            let syntaxTag: [UInt8] = [0x02, 0x00, 0x10, 0x00, 0x55, 0x49]
            let start = try #require(meta.indices.dropLast(8).first { meta[$0..<$0 + 6].elementsEqual(syntaxTag) })
            let value = meta[start + 8..<start + 8 + Int(meta[start + 6])].filter { $0 != 0 }
            transferSyntaxUID = String(decoding: value, as: UTF8.self)
            dataSet = Array(file[(144 + length)...])
        }
    }

    struct Made: Sendable, CustomTestStringConvertible {
        var object: Object
        var number: Int
        var syntax: Syntax
        var name: String { "\(object.name).\(syntax.name).dcm" }
        var testDescription: String { name }
    }

    static let made = Object.all.enumerated().flatMap { index, object in
        object.syntaxes.map { Made(object: object, number: index + 1, syntax: $0) }
    }

    @Test("finds what DCMTK put there", arguments: made) func findsWhatDCMTKPutThere(_ made: Made) throws {
        let instance = try Instance(made.name)
        #expect(instance.transferSyntaxUID == made.syntax.uid)
        let result = scan(instance.dataSet, instance.transferSyntaxUID)
        #expect(result.fault == nil)
        #expect(result.notes == [])
        #expect(result.identity.sopClassUID == made.object.sopClassUID)
        #expect(result.identity.sopInstanceUID == UIDs.instance(made.number, made.syntax))
        #expect(result.identity.studyInstanceUID == (made.object.isComposite ? UIDs.study : nil))
        #expect(result.identity.seriesInstanceUID == (made.object.isComposite ? UIDs.series(made.number) : nil))
    }

    @Test("finds the same however cut", arguments: made) func findsTheSameHoweverCut(_ made: Made) throws {
        let instance = try Instance(made.name)
        let whole = scan(instance.dataSet, instance.transferSyntaxUID)
        #expect(dripped(instance.dataSet, instance.transferSyntaxUID) == whole)
        // One byte at a time cuts every header everywhere; two pieces, long values as well.
        for cut in stride(from: 0, to: instance.dataSet.count, by: 11) {
            guard scan(instance.dataSet, instance.transferSyntaxUID, cuts: [cut]) == whole else {
                Issue.record("cut at \(cut)")
                return
            }
        }
    }

    static let names = [
        ("mr", "Łukasiewicz^Żaneta=山田^花子"), ("cr", "Müller^Jörg"),
        ("structured-report", "Yamada^Tarou=山田^太郎"), ("ct", "Doe^Jane"),
    ]

    @Test("reads the names", arguments: names, Syntax.uncompressed.map(\.name))
    func readsTheNames(_ name: (object: String, patient: String), _ syntax: String) throws {
        let instance = try Instance("\(name.object).\(syntax).dcm")
        let attributes = try scan(instance.dataSet, instance.transferSyntaxUID).attributes.attributes()
        #expect(attributes["PatientName"] == name.patient)
        #expect(attributes["StudyDate"] == "20240229")
        #expect(attributes.unexplained == [])
    }

    /// No file is there that the program does not make, and each is what it makes today.
    @Test("are what the program makes") func areWhatTheProgramMakes() throws {
        let folder = URL.temporaryDirectory.appending(path: "fixtures-\(UUID())", directoryHint: .isDirectory)
        defer { try? FileManager.default.removeItem(at: folder) }
        cdcmtk_fixture_start()
        try FixturesCommand.make(in: folder)
        let instances = URL(filePath: Fixtures.path).appending(path: "instances")
        #expect(try FixturesCommand.differences(instances, folder) == [])
    }
}
