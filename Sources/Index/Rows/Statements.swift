/// The SQL that changes rows, for SQLite and PostgreSQL alike.
///
/// The parameters of a statement stand in it in ascending order, because SQLite numbers them as they come.
enum Statements {
    static let insertPatient = insert(
        "patient",
        ["patient_key", "folded_name"] + Level.patient.columns + ["undecoded"],
        key: ["patient_key"],
        filling: ["folded_name"] + Level.patient.columns
    )
    static let insertStudy =
        insert(
            "study",
            ["patient_key", "received"] + Level.study.columns + ["undecoded"],
            key: ["study_instance_uid"],
            filling: Level.study.columns
        ) + " RETURNING patient_key"
    static let insertSeries = insert(
        "series",
        ["study_instance_uid", "calling_ae_title", "instances", "bytes", "received", "changed"]
            + Level.series.columns + ["undecoded"],
        key: ["study_instance_uid", "series_instance_uid"],
        filling: ["calling_ae_title"] + Level.series.columns
    )
    static let insertInstance =
        insert("instance", instanceColumns) + " ON CONFLICT (directory, name) DO NOTHING"
    static let instanceColumns =
        [
            "directory", "name", "study_instance_uid", "series_instance_uid", "transfer_syntax_uid", "bytes", "digest",
            "calling_ae_title", "called_ae_title", "host", "received",
        ] + Level.instance.columns + ["undecoded"]

    static let findInstance =
        "SELECT study_instance_uid, series_instance_uid, bytes FROM instance WHERE directory = $1 AND name = $2"
    static let touchSeries =
        "UPDATE series SET changed = $1 WHERE study_instance_uid = $2 AND series_instance_uid = $3 AND changed < $4"
    static let commitInstances =
        "UPDATE instance SET committed = $1 WHERE sop_instance_uid = $2 AND received <= $3"
    static let findCommitted =
        "SELECT committed FROM instance WHERE directory = $1 AND name = $2 AND digest = $3 AND bytes = $4"
    static let setCommitted = "UPDATE instance SET committed = $1 WHERE directory = $2 AND name = $3"
    static let deleteInstance = "DELETE FROM instance WHERE directory = $1 AND name = $2"
    static let countSeries =
        "UPDATE series SET instances = instances + $1, bytes = bytes + $2, "
        + "changed = CASE WHEN changed < $3 THEN $3 ELSE changed END "
        + "WHERE study_instance_uid = $4 AND series_instance_uid = $5"
    static let deleteSeries =
        "DELETE FROM series WHERE study_instance_uid = $1 AND series_instance_uid = $2 AND instances <= 0"
    static let deleteStudy =
        "DELETE FROM study WHERE study_instance_uid = $1 "
        + "AND NOT EXISTS (SELECT 1 FROM series WHERE series.study_instance_uid = study.study_instance_uid) "
        + "RETURNING patient_key"
    static let deletePatient =
        "DELETE FROM patient WHERE patient_key = $1 "
        + "AND NOT EXISTS (SELECT 1 FROM study WHERE study.patient_key = patient.patient_key)"

    static let setFolder =
        "INSERT INTO folder (directory, modified) VALUES ($1, $2) "
        + "ON CONFLICT (directory) DO UPDATE SET modified = excluded.modified"
    static let deleteFolder = "DELETE FROM folder WHERE directory = $1"
    static let namesInFolder = "SELECT name, received FROM instance WHERE directory = $1"

    /// - Parameter filling: The columns that are taken over where they are empty so far: what the first file said
    ///   stays.
    private static func insert(
        _ table: String,
        _ columns: [String],
        key: [String] = [],
        filling: [String] = []
    ) -> String {
        let numbers = columns.indices.map { "$\($0 + 1)" }
        let insert =
            "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(numbers.joined(separator: ", ")))"
        guard !key.isEmpty else { return insert }
        let changes = filling.filter { !key.contains($0) }.map { column in
            "\(column) = CASE WHEN \(table).\(column) = '' THEN excluded.\(column) ELSE \(table).\(column) END"
        }
        return insert + " ON CONFLICT (\(key.joined(separator: ", "))) DO UPDATE SET "
            + changes.joined(separator: ", ")
    }
}
