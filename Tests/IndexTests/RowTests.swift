import GRDB
import Instances
import TestSupport
import Testing

@testable import Index

/// What rows are written, and what they count.
@Suite struct RowTests {
    let directory: TemporaryDirectory
    let database: IndexDatabase

    init() throws {
        directory = try TemporaryDirectory()
        database = try IndexDatabase(writing: directory.index)
    }

    @Test("one file makes a row of each level")
    func levels() throws {
        try database.put([.sample("1.2.1.1", ["StudyDate": "20260131", "SeriesNumber": "3", "Rows": "512"])])
        try database.read { reader in
            let study = try #require(try reader.studies(limit: 10).rows.first)
            #expect(study.attributes["PatientName"] == "Doe^Jane")
            #expect(study.attributes["StudyDate"] == "20260131")
            #expect(study.modalities == ["CT"])
            #expect((study.series, study.instances, study.bytes) == (1, 1, 100))
            let series = try #require(try reader.series(limit: 10).rows.first)
            #expect(series.attributes["SeriesNumber"] == "3")
            let instance = try #require(try reader.instances(limit: 10).rows.first)
            #expect(instance.path == "1.2/1.2.1/1.2.1.1.dcm")
            #expect(instance.attributes["Rows"] == "512")
            #expect(instance.digest == "00112233445566778899AABBCCDDEEFF")
            #expect(try reader.instance(at: instance.path) == instance)
            let patient = try #require(try reader.patients(limit: 10).rows.first)
            #expect((patient.studies, patient.instances, patient.bytes) == (1, 1, 100))
        }
    }

    @Test("a file that is written again counts once, and the last wins")
    func again() throws {
        try database.put([.sample("1.2.1.1"), .sample("1.2.1.1", bytes: 70)])
        try database.put([.sample("1.2.1.1", bytes: 50)])
        let study = try database.read { try $0.studies(limit: 10) }.rows
        #expect(study.map(\.instances) == [1])
        #expect(study.map(\.bytes) == [50])
    }

    @Test("a file that was replaced by one of another study moves there, and an empty study goes with its patient")
    func moves() throws {
        try database.put([.sample("1.2.1.1", path: "a.dcm")])
        try database.put([.sample("1.2.1.1", path: "a.dcm", study: "1.3", series: "1.3.1", ["PatientID": "X"])])
        #expect(try database.read { try $0.studies(limit: 10) }.rows.map(\.studyInstanceUID) == ["1.3"])
        #expect(try database.read { try $0.patients(limit: 10) }.rows.map { $0.attributes["PatientID"] } == ["X"])
        try database.write { try $0.remove("a.dcm") }
        #expect(try database.read { try $0.patients(limit: 10) }.rows.isEmpty)
        #expect(try database.read { try $0.series(limit: 10) }.rows.isEmpty)
        #expect(try database.read { try $0.instanceCount() } == 0)
    }

    @Test("what the first file of a study does not say, a later one does; what it says stays")
    func fills() throws {
        try database.put([.sample("1.2.1.1", ["StudyDescription": "Thorax"])])
        try database.put([.sample("1.2.1.2", ["StudyDescription": "Abdomen", "AccessionNumber": "A1"])])
        let study = try #require(try database.read { try $0.studies(limit: 10) }.rows.first)
        #expect(study.attributes["StudyDescription"] == "Thorax")
        #expect(study.attributes["AccessionNumber"] == "A1")
        #expect(study.instances == 2)
    }

    @Test("two patients without an ID are two, and so are two names with one ID")
    func unknownPatients() throws {
        try database.put([
            .sample("1", study: "1.1", ["PatientID": ""]), .sample("2", study: "1.2", ["PatientID": ""]),
            .sample("3", study: "1.3", ["IssuerOfPatientID": "A"]), .sample("4", study: "1.4"),
            .sample("5", study: "1.5", ["PatientName": "Roe^Jane"]),
            .sample("6", study: "1.6", ["PatientName": "DOE^JANE^^"]),
        ])
        #expect(try database.read { try $0.patients(limit: 10) }.rows.count == 5)
        let names = try database.read { try $0.studies(limit: 10) }.rows.map { $0.attributes["PatientName"] }
        #expect(names.contains("Roe^Jane"))
    }

    @Test("all copies of an instance are found, the first one first")
    func copies() throws {
        try database.put([
            .sample("1.9", path: "b/1.9.dcm", received: 20), .sample("1.9", path: "a/1.9.dcm", received: 30),
            .sample("1.9", path: "c/1.9~2.dcm", received: 10), .sample("1.8"),
        ])
        let expected = ["c/1.9~2.dcm", "b/1.9.dcm", "a/1.9.dcm"]
        #expect(try database.read { try $0.paths(of: "1.9") } == expected)
        #expect(try database.read { try $0.copies(of: "1.9") }.map(\.path) == expected)
        #expect(try database.read { try $0.paths(of: "1.7") }.isEmpty)
    }

    @Test("a value that cannot be decoded is kept as it came, and NULs in text are dropped")
    func undecoded() throws {
        var instance = IndexedInstance.sample("1.2.1.1", ["StudyDescription": "a\0b", "PatientName": "M%FCller"])
        instance.attributes.undecoded = ["PatientName": [0x4D, 0xFC], "Rows": [0xFF]]
        try database.put([instance])
        let kept = try database.connections.read { database in
            try ["patient", "study", "instance"].map {
                try String.fetchOne(database, sql: "SELECT undecoded FROM \($0)")
            }
        }
        #expect(kept == ["PatientName=4DFC", "", "Rows=FF"])
        let study = try #require(try database.read { try $0.studies(limit: 10) }.rows.first)
        #expect(study.attributes["StudyDescription"] == "ab")
    }

    @Test("a transaction that fails changes nothing")
    func rollback() throws {
        struct Failure: Error {}
        #expect(throws: Failure.self) {
            try database.write { changes in
                try changes.put(.sample("1.2.1.1"))
                throw Failure()
            }
        }
        #expect(try database.read { try $0.studies(limit: 10) }.rows.isEmpty)
    }

    @Test("parameters of a statement stand in ascending order, as SQLite numbers them")
    func parameters() {
        let statements = [
            Statements.insertPatient, Statements.insertStudy, Statements.insertSeries, Statements.insertInstance,
            Statements.findInstance, Statements.deleteInstance, Statements.countSeries, Statements.deleteSeries,
            Statements.deleteStudy, Statements.deletePatient, Statements.setFolder, Statements.deleteFolder,
        ]
        for statement in statements {
            var seen: [Int] = []
            for match in statement.matches(of: #/\$(\d+)/#) {
                guard let number = Int(match.1), !seen.contains(number) else { continue }
                seen.append(number)
            }
            #expect(seen == Array(1...seen.count), "\(statement)")
        }
    }
}
