import GRDB

/// What an archive holds, in numbers.
package struct IndexStatistics: Equatable, Sendable {
    /// Of some of the files.
    package struct Share: Equatable, Sendable {
        package var name: String
        package var studies: Int
        package var instances: Int
        package var bytes: Int64
    }

    package var patients = 0
    package var studies = 0
    package var series = 0
    package var instances = 0
    package var bytes: Int64 = 0
    /// The largest first.
    package var modalities: [Share] = []
    /// By calling AE title of each file, the largest first.
    package var sources: [Share] = []
    /// What was received each day, by the first second of it (UTC); the latest day first.
    package var days: [(day: Int64, instances: Int, bytes: Int64)] = []

    package static func == (left: Self, right: Self) -> Bool {
        left.patients == right.patients && left.studies == right.studies && left.series == right.series
            && left.instances == right.instances && left.bytes == right.bytes && left.modalities == right.modalities
            && left.sources == right.sources && left.days.elementsEqual(right.days, by: ==)
    }
}

extension IndexReader {
    /// Counts all rows: it reads those of every file.
    package func statistics() throws -> IndexStatistics {
        var statistics = IndexStatistics()
        statistics.patients = try count("SELECT COUNT(*) FROM patient")
        statistics.studies = try count("SELECT COUNT(*) FROM study")
        statistics.series = try count("SELECT COUNT(*) FROM series")
        statistics.modalities = try shares(
            "SELECT modality, COUNT(DISTINCT study_instance_uid), SUM(instances), SUM(bytes) FROM series "
                + "GROUP BY modality"
        )
        statistics.sources = try shares(
            "SELECT calling_ae_title, COUNT(DISTINCT study_instance_uid), COUNT(*), SUM(bytes) FROM instance "
                + "GROUP BY calling_ae_title"
        )
        statistics.instances = statistics.sources.reduce(0) { $0 + $1.instances }
        statistics.bytes = statistics.sources.reduce(0) { $0 + $1.bytes }
        statistics.days = try Row.fetchAll(
            database,
            sql: "SELECT received / 86400 AS day, COUNT(*), SUM(bytes) FROM instance GROUP BY day ORDER BY day DESC"
        ).map { (day: ($0[0] as Int64) * 86_400, instances: $0[1], bytes: $0[2]) }
        return statistics
    }

    private func count(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }

    private func shares(_ sql: String) throws -> [IndexStatistics.Share] {
        try Row.fetchAll(database, sql: sql)
            .map { IndexStatistics.Share(name: $0[0], studies: $0[1], instances: $0[2], bytes: $0[3]) }
            .sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) }
    }
}
