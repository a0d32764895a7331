import GRDB

/// A study, by when it came.
package struct StudyArrival: Equatable, Sendable {
    package var studyInstanceUID: String
    /// Of its first file: seconds since 1970.
    package var received: Int64
    /// When a file of it last came, for the first time or once more.
    package var changed: Int64
    /// Files: copies count.
    package var instances: Int
    package var bytes: Int64
}

extension IndexReader {
    /// Studies of which nothing has come since a time, those first of which nothing has come for the longest time.
    /// Files without a Study Instance UID are of none.
    ///
    /// - Parameters:
    ///   - last: Seconds since 1970.
    ///   - committed: Only those of which every file's SCU has been told that it is kept (PS3.4 Annex J).
    ///   - after: Goes on behind this one.
    package func studies(
        unchangedSince last: Int64,
        committed: Bool = false,
        after: StudyArrival? = nil,
        limit: Int
    ) throws -> [StudyArrival] {
        var having = "MAX(changed) <= $1"
        var values: [any DatabaseValueConvertible] = [last]
        if let after {
            having += " AND (MAX(changed) > $2 OR (MAX(changed) = $3 AND study_instance_uid > $4))"
            values += [after.changed, after.changed, after.studyInstanceUID]
        }
        if committed { having += " AND NOT EXISTS (\(Self.uncommitted))" }
        return try Row.fetchAll(
            database,
            sql: "SELECT study_instance_uid, MIN(received), MAX(changed), SUM(instances), SUM(bytes) FROM series "
                + "WHERE study_instance_uid <> '' GROUP BY study_instance_uid HAVING \(having) "
                + "ORDER BY MAX(changed), study_instance_uid LIMIT \(limit)",
            arguments: StatementArguments(values)
        ).map { row in
            StudyArrival(
                studyInstanceUID: row[0],
                received: row[1],
                changed: row[2],
                instances: row[3],
                bytes: row[4]
            )
        }
    }

    private static let uncommitted =
        "SELECT 1 FROM series AS own JOIN instance ON instance.series_instance_uid = own.series_instance_uid "
        + "AND instance.study_instance_uid = own.study_instance_uid "
        + "WHERE own.study_instance_uid = series.study_instance_uid AND instance.committed = 0"
}
