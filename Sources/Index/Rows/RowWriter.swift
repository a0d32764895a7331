import GRDB

/// Writes rows within one transaction, and keeps what a series counts.
///
/// A series is written once for each transaction, before its first instance; what it counts at the end. So an instance
/// costs one statement.
struct RowWriter {
    private struct SeriesKey: Hashable {
        var study: String
        var series: String
    }

    private struct Change {
        var instances = 0
        var bytes: Int64 = 0
        var changed: Int64 = 0
    }

    private let database: Database
    private var known: Set<SeriesKey> = []
    private var changes: [SeriesKey: Change] = [:]
    private let insertInstance: Statement

    init(_ database: Database) throws {
        self.database = database
        insertInstance = try database.cachedStatement(sql: Statements.insertInstance)
    }

    /// Writes the row of a file, in place of the one that it has.
    mutating func put(_ instance: IndexedInstance) throws {
        let key = SeriesKey(study: instance.studyInstanceUID, series: instance.seriesInstanceUID)
        if known.insert(key).inserted { try putSeries(instance) }
        if try !insert(instance) {
            let committed = try committed(instance)
            try remove(instance.directory, instance.name)
            // The series may have been removed with its last row.
            if known.insert(key).inserted { try putSeries(instance) }
            _ = try insert(instance)
            if committed > 0 {
                try run(Statements.setCommitted, [committed, instance.directory, instance.name])
            }
        }
        changes[key, default: Change()].instances += 1
        changes[key, default: Change()].bytes += instance.bytes
        changes[key, default: Change()].changed = max(instance.received, changes[key]?.changed ?? 0)
    }

    /// A file has arrived once more, the same as it is; false: it has no row.
    func touch(_ directory: String, _ name: String, at received: Int64) throws -> Bool {
        let statement = try database.cachedStatement(sql: Statements.findInstance)
        guard let row = try Row.fetchOne(statement, arguments: [directory, name]) else { return false }
        let study: String = row[0]
        let series: String = row[1]
        try run(Statements.touchSeries, [received, study, series, received])
        return true
    }

    /// Notes of all copies of an instance that were there at a time that its SCU has been told so.
    func commit(_ sopInstanceUID: String, at time: Int64) throws {
        try run(Statements.commitInstances, [time, sopInstanceUID, time])
    }

    /// What stays of the row that this one replaces, if the file is the same.
    private func committed(_ instance: IndexedInstance) throws -> Int64 {
        try Int64.fetchOne(
            try database.cachedStatement(sql: Statements.findCommitted),
            arguments: [instance.directory, instance.name, instance.digest, instance.bytes]
        ) ?? 0
    }

    /// Removes the row of a file, if there is one.
    mutating func remove(_ directory: String, _ name: String) throws {
        guard
            let row = try Row.fetchOne(
                try database.cachedStatement(sql: Statements.findInstance),
                arguments: [directory, name]
            )
        else { return }
        let key = SeriesKey(study: row[0], series: row[1])
        let bytes: Int64 = row[2]
        try run(Statements.deleteInstance, [directory, name])
        changes[key, default: Change()].instances -= 1
        changes[key, default: Change()].bytes -= bytes
    }

    /// Writes what the series count, and removes those that are empty, with their studies and patients.
    mutating func finish() throws {
        for (key, change) in changes {
            try run(Statements.countSeries, [change.instances, change.bytes, change.changed, key.study, key.series])
            guard change.instances <= 0 else { continue }
            try run(Statements.deleteSeries, [key.study, key.series])
            guard database.changesCount > 0,
                let patient = try String.fetchOne(database, sql: Statements.deleteStudy, arguments: [key.study])
            else { continue }
            try run(Statements.deletePatient, [patient])
        }
        changes = [:]
        known = []
    }

    /// Says of a folder when its names last changed; 0: not known.
    func setFolder(_ directory: String, modified: Int64) throws {
        try run(Statements.setFolder, [directory, modified])
    }

    func removeFolder(_ directory: String) throws {
        try run(Statements.deleteFolder, [directory])
    }

    /// False if there is a row of this file.
    private func insert(_ instance: IndexedInstance) throws -> Bool {
        var values: [(any DatabaseValueConvertible)?] = [
            instance.directory, instance.name, instance.studyInstanceUID, instance.seriesInstanceUID,
            instance.transferSyntaxUID, instance.bytes, instance.digest, instance.callingAETitle,
            instance.calledAETitle, instance.host, instance.received,
        ]
        values += Level.instance.keywords.map { instance.value($0) }
        values.append(instance.undecoded(.instance))
        insertInstance.setUncheckedArguments(StatementArguments(values))
        try insertInstance.execute()
        return database.changesCount > 0
    }

    /// Writes series, study and patient, or fills in what they lack.
    private func putSeries(_ instance: IndexedInstance) throws {
        let key = instance.patientKey
        let owner = try String.fetchOne(
            try database.cachedStatement(sql: Statements.insertStudy),
            arguments: StatementArguments(
                [key, instance.received] + values(instance, .study)
            )
        )
        // A study stays with the patient of its first file.
        if owner == key {
            let name = instance.value("PatientName")
            try run(Statements.insertPatient, [key, FoldedText.folded(name)] + values(instance, .patient))
        }
        try run(
            Statements.insertSeries,
            [instance.studyInstanceUID, instance.callingAETitle, 0, 0, instance.received, instance.received]
                + values(instance, .series)
        )
    }

    private func values(_ instance: IndexedInstance, _ level: Level) -> [(any DatabaseValueConvertible)?] {
        level.keywords.map { instance.value($0) } + [instance.undecoded(level)]
    }

    private func run(_ sql: String, _ values: [(any DatabaseValueConvertible)?]) throws {
        let statement = try database.cachedStatement(sql: sql)
        statement.setUncheckedArguments(StatementArguments(values))
        try statement.execute()
    }
}
