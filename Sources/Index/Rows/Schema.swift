import GRDB

/// The tables, and how those of an older version become these.
///
/// Every attribute is text, empty where it is missing. `folder` holds when the names in a folder last changed, as it
/// was when all of its files were read; 0 where that is not known.
enum Schema {
    /// Of the tables below.
    static let version = steps.count

    /// What leads from each version to the next. A step that was released is never changed.
    private static let steps: [[String]] = [first, commitment]

    private static let first = [
        table(.patient, ["patient_key TEXT NOT NULL PRIMARY KEY", "folded_name TEXT NOT NULL"]),
        "CREATE INDEX patient_by_name ON patient (folded_name, patient_key)",
        "CREATE INDEX patient_by_id ON patient (patient_id)",
        table(
            .study,
            ["patient_key TEXT NOT NULL", "received BIGINT NOT NULL", "PRIMARY KEY (study_instance_uid)"]
        ),
        "CREATE INDEX study_by_date ON study (study_date, study_time, study_instance_uid)",
        "CREATE INDEX study_by_patient ON study (patient_key)",
        "CREATE INDEX study_by_accession_number ON study (accession_number)",
        table(
            .series,
            [
                "study_instance_uid TEXT NOT NULL", "calling_ae_title TEXT NOT NULL", "instances BIGINT NOT NULL",
                "bytes BIGINT NOT NULL", "received BIGINT NOT NULL", "changed BIGINT NOT NULL",
                "PRIMARY KEY (study_instance_uid, series_instance_uid)",
            ]
        ),
        table(
            .instance,
            [
                "directory TEXT NOT NULL", "name TEXT NOT NULL", "study_instance_uid TEXT NOT NULL",
                "series_instance_uid TEXT NOT NULL", "transfer_syntax_uid TEXT NOT NULL", "bytes BIGINT NOT NULL",
                "digest TEXT NOT NULL", "calling_ae_title TEXT NOT NULL", "called_ae_title TEXT NOT NULL",
                "host TEXT NOT NULL", "received BIGINT NOT NULL", "PRIMARY KEY (directory, name)",
            ]
        ),
        "CREATE INDEX instance_by_uid ON instance (sop_instance_uid)",
        "CREATE INDEX instance_by_series ON instance (series_instance_uid)",
        "CREATE TABLE folder (directory TEXT NOT NULL PRIMARY KEY, modified BIGINT NOT NULL)",
    ]

    /// When its SCU was told that a file is kept (PS3.4 Annex J): seconds since 1970; 0: not yet.
    private static let commitment = ["ALTER TABLE instance ADD COLUMN committed BIGINT NOT NULL DEFAULT 0"]

    private static func table(_ level: Level, _ others: [String]) -> String {
        let keys = others.filter { !$0.hasPrefix("PRIMARY") }
        let constraints = others.filter { $0.hasPrefix("PRIMARY") }
        let attributes = level.columns.map { "\($0) TEXT NOT NULL" } + ["undecoded TEXT NOT NULL"]
        return "CREATE TABLE \(level.rawValue) (\((keys + attributes + constraints).joined(separator: ", ")))"
    }

    /// Brings the tables to this version.
    ///
    /// *Errors*: `IndexError.newer` if they are of a later version, and are left as they are; what the database says.
    static func migrate(_ database: Database, _ dialect: SQLDialect = .sqlite, steps: [[String]] = steps) throws {
        let version = steps.count
        let found = try Self.version(of: database, dialect)
        guard found <= version else { throw IndexError.newer(found: found, known: version) }
        guard found < version else { return }
        for step in steps[found...] {
            for statement in step { try database.execute(sql: statement) }
        }
        try database.execute(sql: "DELETE FROM index_version")
        try database.execute(sql: "INSERT INTO index_version (version) VALUES ($1)", arguments: [version])
    }

    /// Of the tables that are there; 0: none, and there is a place for the number now.
    static func version(of database: Database, _ dialect: SQLDialect) throws -> Int {
        guard try Row.fetchOne(database, sql: dialect.hasTable, arguments: ["index_version"]) != nil else {
            try database.execute(sql: "CREATE TABLE index_version (version BIGINT NOT NULL)")
            return 0
        }
        return try Int.fetchOne(database, sql: "SELECT version FROM index_version") ?? 0
    }

    /// For a database that is only read.
    ///
    /// *Errors*: `IndexError.newer`, `IndexError.older`.
    static func check(_ database: Database, _ dialect: SQLDialect = .sqlite) throws {
        guard try Row.fetchOne(database, sql: dialect.hasTable, arguments: ["index_version"]) != nil else {
            throw IndexError.older
        }
        let found = try Int.fetchOne(database, sql: "SELECT version FROM index_version") ?? 0
        if found > version { throw IndexError.newer(found: found, known: version) }
        if found < version { throw IndexError.older }
    }
}
