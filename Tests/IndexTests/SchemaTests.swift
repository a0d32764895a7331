import GRDB
import SystemPackage
import TestSupport
import Testing

@testable import Index

/// Versions of the tables.
@Suite struct SchemaTests {
    @Test("an index is made once, and found again")
    func again() throws {
        let directory = try TemporaryDirectory()
        try IndexDatabase(writing: directory.index).put([.sample("1.2.1.1")])
        let database = try IndexDatabase(writing: directory.index)
        #expect(try database.paths() == ["1.2/1.2.1/1.2.1.1.dcm"])
        #expect(try database.connections.read { try Schema.version(of: $0, .sqlite) } == Schema.version)
    }

    @Test("an index of a later version is left alone, with a word what to do", arguments: [false, true])
    func newer(isWritten: Bool) throws {
        let directory = try TemporaryDirectory()
        let database = try IndexDatabase(writing: directory.index)
        try database.connections.write { try $0.execute(sql: "UPDATE index_version SET version = 99") }
        let error = #expect(throws: IndexError.self) {
            _ = isWritten ? try IndexDatabase(writing: directory.index) : try IndexDatabase(reading: directory.index)
        }
        #expect(error == .newer(found: 99, known: Schema.version))
        #expect(error?.description.contains("reindex") == true)
        #expect(try database.connections.read { try Int.fetchOne($0, sql: "SELECT version FROM index_version") } == 99)
    }

    @Test("each version leads to the next, and rows stay")
    func steps() throws {
        let directory = try TemporaryDirectory()
        let queue = try DatabaseQueue(path: directory.index.string)
        let first = ["CREATE TABLE a (x TEXT NOT NULL)", "INSERT INTO a (x) VALUES ('kept')"]
        let second = ["ALTER TABLE a ADD COLUMN y TEXT NOT NULL DEFAULT ''"]
        try queue.write { try Schema.migrate($0, steps: [first]) }
        try queue.write { try Schema.migrate($0, steps: [first, second]) }
        try queue.write { try Schema.migrate($0, steps: [first, second]) }
        let row = try queue.read { try Row.fetchOne($0, sql: "SELECT x, y FROM a") }
        #expect(row == ["x": "kept", "y": ""])
        #expect(try queue.read { try Schema.version(of: $0, .sqlite) } == 2)
        #expect(throws: IndexError.newer(found: 2, known: 1)) {
            try queue.write { try Schema.migrate($0, steps: [first]) }
        }
    }

    @Test("a file that is no index, or missing, is told from one")
    func missing() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: IndexError.missing(directory.index.string)) { _ = try IndexDatabase(reading: directory.index) }
        _ = try DatabaseQueue(path: directory.index.string).write { try $0.execute(sql: "CREATE TABLE x (y TEXT)") }
        #expect(throws: IndexError.older) { _ = try IndexDatabase(reading: directory.index) }
        try directory.write(Array("no database at all, but text".utf8), to: "other.sqlite")
        let error = #expect(throws: (any Error).self) {
            _ = try IndexDatabase(reading: directory.index.removingLastComponent().appending("other.sqlite"))
        }
        #expect(error.map { IndexError.isDamage($0) } == true)
    }

    @Test("column names are the keywords as SQL writes them")
    func columns() {
        #expect(Level.column("SOPInstanceUID") == "sop_instance_uid")
        #expect(Level.column("PatientID") == "patient_id")
        #expect(Level.column("PerformedProcedureStepStartDate") == "performed_procedure_step_start_date")
        #expect(Level.column("IssuerOfPatientID") == "issuer_of_patient_id")
    }
}
