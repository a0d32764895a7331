import GRDB

extension IndexReader {
    static let selectInstances =
        "SELECT " + columns([.patient, .study, .series, .instance])
        + ", instance.directory AS directory, instance.name AS name, "
        + "instance.transfer_syntax_uid AS transfer_syntax_uid, instance.bytes AS bytes, "
        + "instance.digest AS digest, instance.calling_ae_title AS calling_ae_title, "
        + "instance.called_ae_title AS called_ae_title, instance.host AS host, instance.received AS received "
        + "FROM instance "
        + "JOIN series ON series.study_instance_uid = instance.study_instance_uid "
        + "AND series.series_instance_uid = instance.series_instance_uid "
        + "JOIN study ON study.study_instance_uid = instance.study_instance_uid "
        + "JOIN patient ON patient.patient_key = study.patient_key"

    private static func columns(_ levels: [Level]) -> String {
        levels.flatMap { level in
            zip(level.keywords, level.columns).map { "\(level.rawValue).\($1) AS \"\($0)\"" }
        }.joined(separator: ", ")
    }

    /// Patients, by name.
    package func patients(
        _ filter: IndexFilter = IndexFilter(),
        after cursor: IndexCursor? = nil,
        limit: Int
    ) throws -> IndexPage<PatientRow> {
        var conditions = Conditions()
        conditions.add(filter, at: .patient)
        let order = ["patient.folded_name", "patient.patient_key"]
        let rows = try page(
            "SELECT \(Self.columns([.patient])), patient.folded_name AS folded_name, patient.patient_key AS patient_key "
                + "FROM patient",
            conditions,
            order,
            .ascending,
            after: cursor,
            limit: limit
        )
        let counts = try group(
            "SELECT study.patient_key, COUNT(DISTINCT study.study_instance_uid), COALESCE(SUM(series.instances), 0), "
                + "COALESCE(SUM(series.bytes), 0) FROM study "
                + "JOIN series ON series.study_instance_uid = study.study_instance_uid WHERE study.patient_key IN ",
            " GROUP BY study.patient_key",
            rows.rows.map { $0["patient_key"] }
        )
        return IndexPage(
            rows: rows.rows.map { row in
                let count = counts[row["patient_key"]]?.first
                return PatientRow(
                    attributes: row.attributes([.patient]),
                    studies: count?[1] ?? 0,
                    instances: count?[2] ?? 0,
                    bytes: count?[3] ?? 0
                )
            },
            next: rows.hasMore ? rows.rows.last.map { IndexCursor(key: [$0["folded_name"], $0["patient_key"]]) } : nil
        )
    }

    /// Studies, the latest by date first.
    package func studies(
        _ filter: IndexFilter = IndexFilter(),
        after cursor: IndexCursor? = nil,
        limit: Int
    ) throws -> IndexPage<StudyRow> {
        var conditions = Conditions()
        conditions.add(filter, at: .study)
        let order = ["study.study_date", "study.study_time", "study.study_instance_uid"]
        let rows = try page(
            "SELECT \(Self.columns([.patient, .study])), study.received AS received "
                + "FROM study JOIN patient ON patient.patient_key = study.patient_key",
            conditions,
            order,
            .descending,
            after: cursor,
            limit: limit
        )
        let series = try group(
            "SELECT study_instance_uid, modality, calling_ae_title, instances, bytes, changed FROM series "
                + "WHERE study_instance_uid IN ",
            " ORDER BY study_instance_uid, series_instance_uid",
            rows.rows.map { $0["StudyInstanceUID"] }
        )
        return IndexPage(
            rows: rows.rows.map { StudyRow($0, series: series[$0["StudyInstanceUID"]] ?? []) },
            next: rows.hasMore
                ? rows.rows.last.map {
                    IndexCursor(key: [$0["StudyDate"], $0["StudyTime"], $0["StudyInstanceUID"]])
                } : nil
        )
    }

    /// Series, by their UIDs.
    package func series(
        _ filter: IndexFilter = IndexFilter(),
        after cursor: IndexCursor? = nil,
        limit: Int
    ) throws -> IndexPage<SeriesRow> {
        var conditions = Conditions()
        conditions.add(filter, at: .series)
        let order = ["series.study_instance_uid", "series.series_instance_uid"]
        let rows = try page(
            "SELECT \(Self.columns([.patient, .study, .series])), series.instances AS instances, "
                + "series.bytes AS bytes, series.calling_ae_title AS calling_ae_title, series.received AS received, "
                + "series.changed AS changed FROM series "
                + "JOIN study ON study.study_instance_uid = series.study_instance_uid "
                + "JOIN patient ON patient.patient_key = study.patient_key",
            conditions,
            order,
            .ascending,
            after: cursor,
            limit: limit
        )
        return IndexPage(
            rows: rows.rows.map { SeriesRow($0) },
            next: rows.hasMore
                ? rows.rows.last.map { IndexCursor(key: [$0["StudyInstanceUID"], $0["SeriesInstanceUID"]]) } : nil
        )
    }

    /// Files, by their paths.
    package func instances(
        _ filter: IndexFilter = IndexFilter(),
        after cursor: IndexCursor? = nil,
        limit: Int
    ) throws -> IndexPage<InstanceRow> {
        var conditions = Conditions()
        conditions.add(filter, at: .instance)
        let rows = try page(
            Self.selectInstances,
            conditions,
            ["instance.directory", "instance.name"],
            .ascending,
            after: cursor,
            limit: limit
        )
        return IndexPage(
            rows: rows.rows.map { InstanceRow($0) },
            next: rows.hasMore ? rows.rows.last.map { IndexCursor(key: [$0["directory"], $0["name"]]) } : nil
        )
    }

    private enum Direction: String {
        case ascending = "ASC"
        case descending = "DESC"
    }

    /// Rows behind a cursor: the first `limit` of them, and whether there are more.
    private func page(
        _ select: String,
        _ conditions: Conditions,
        _ order: [String],
        _ direction: Direction,
        after cursor: IndexCursor?,
        limit: Int
    ) throws -> (rows: [Row], hasMore: Bool) {
        var conditions = conditions
        if let cursor, cursor.key.count == order.count {
            let parameters = cursor.key.map { conditions.parameter($0) }
            conditions.add(
                "(\(order.joined(separator: ", "))) \(direction == .ascending ? ">" : "<") "
                    + "(\(parameters.joined(separator: ", ")))"
            )
        }
        let by = order.map { "\($0) \(direction.rawValue)" }.joined(separator: ", ")
        var rows = try Row.fetchAll(
            database,
            sql: "\(select)\(conditions.clause) ORDER BY \(by) LIMIT \(max(1, limit) + 1)",
            arguments: StatementArguments(conditions.values)
        )
        let hasMore = rows.count > max(1, limit)
        if hasMore { rows.removeLast() }
        return (rows, hasMore)
    }

    /// Parameters of one statement; SQLite takes 32,766 and PostgreSQL 65,535.
    private static let parametersMax = 1_000

    /// Rows by their first column, for some of its values.
    private func group(_ select: String, _ rest: String, _ keys: [String]) throws -> [String: [Row]] {
        var found: [String: [Row]] = [:]
        for start in stride(from: 0, to: keys.count, by: Self.parametersMax) {
            let keys = Array(keys[start..<min(start + Self.parametersMax, keys.count)])
            let parameters = keys.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
            let rows = try Row.fetchAll(
                database,
                sql: "\(select)(\(parameters))\(rest)",
                arguments: StatementArguments(keys)
            )
            for row in rows { found[row[0], default: []].append(row) }
        }
        return found
    }
}

extension Row {
    fileprivate func attributes(_ levels: [Level]) -> [String: String] {
        levels.reduce(into: [:]) { attributes, level in
            for keyword in level.keywords {
                let value: String = self[keyword]
                if !value.isEmpty { attributes[keyword] = value }
            }
        }
    }
}

extension StudyRow {
    fileprivate init(_ row: Row, series: [Row]) {
        self.init(
            attributes: row.attributes([.patient, .study]),
            modalities: Set(series.map { $0[1] as String }.filter { !$0.isEmpty }).sorted(),
            series: series.count,
            instances: series.reduce(0) { $0 + ($1[3] as Int) },
            bytes: series.reduce(0) { $0 + ($1[4] as Int64) },
            callingAETitles: Set(series.map { $0[2] as String }.filter { !$0.isEmpty }).sorted(),
            received: row["received"],
            changed: series.map { $0[5] as Int64 }.max() ?? row["received"]
        )
    }
}

extension SeriesRow {
    fileprivate init(_ row: Row) {
        self.init(
            attributes: row.attributes([.patient, .study, .series]),
            instances: row["instances"],
            bytes: row["bytes"],
            callingAETitle: row["calling_ae_title"],
            received: row["received"],
            changed: row["changed"]
        )
    }
}

extension InstanceRow {
    init(_ row: Row) {
        let directory: String = row["directory"]
        let name: String = row["name"]
        self.init(
            attributes: row.attributes([.patient, .study, .series, .instance]),
            path: directory.isEmpty ? name : directory + "/" + name,
            transferSyntaxUID: row["transfer_syntax_uid"],
            bytes: row["bytes"],
            digest: row["digest"],
            callingAETitle: row["calling_ae_title"],
            calledAETitle: row["called_ae_title"],
            host: row["host"],
            received: row["received"]
        )
    }
}
