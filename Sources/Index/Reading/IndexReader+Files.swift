import GRDB

/// What the index knows of a file, to be compared with it.
package struct FileRow: Equatable, Sendable {
    package var sopInstanceUID: String
    package var sopClassUID: String
    package var studyInstanceUID: String
    package var seriesInstanceUID: String
    package var transferSyntaxUID: String
    /// Of the data set.
    package var bytes: Int64
    /// Of the data set: 32 hexadecimal digits of XXH3, or 64 of SHA-256; empty: none is kept.
    package var digest: String
    package var callingAETitle: String
    package var calledAETitle: String

    package init(
        sopInstanceUID: String,
        sopClassUID: String,
        studyInstanceUID: String,
        seriesInstanceUID: String,
        transferSyntaxUID: String,
        bytes: Int64,
        digest: String,
        callingAETitle: String,
        calledAETitle: String
    ) {
        self.sopInstanceUID = sopInstanceUID
        self.sopClassUID = sopClassUID
        self.studyInstanceUID = studyInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
        self.transferSyntaxUID = transferSyntaxUID
        self.bytes = bytes
        self.digest = digest
        self.callingAETitle = callingAETitle
        self.calledAETitle = calledAETitle
    }

    fileprivate init(_ row: Row) {
        self.init(
            sopInstanceUID: row[1],
            sopClassUID: row[2],
            studyInstanceUID: row[3],
            seriesInstanceUID: row[4],
            transferSyntaxUID: row[5],
            bytes: row[6],
            digest: row[7],
            callingAETitle: row[8],
            calledAETitle: row[9]
        )
    }
}

extension IndexReader {
    private static let selectFiles =
        "SELECT name, sop_instance_uid, sop_class_uid, study_instance_uid, series_instance_uid, transfer_syntax_uid, "
        + "bytes, digest, calling_ae_title, called_ae_title FROM instance WHERE directory = $1"

    /// The rows of a folder's files, by name.
    ///
    /// - Parameters:
    ///   - after: Only names that sort behind this one, by their bytes.
    ///   - through: Only this name and those before it; nil: to the last.
    package func fileRows(
        in directory: String,
        after: String? = nil,
        through: String? = nil
    ) throws -> [String: FileRow] {
        var sql = Self.selectFiles
        var values = [directory]
        if let after {
            values.append(after)
            sql += " AND name > $\(values.count)"
        }
        if let through {
            values.append(through)
            sql += " AND name <= $\(values.count)"
        }
        let rows = try Row.fetchCursor(
            try database.cachedStatement(sql: sql),
            arguments: StatementArguments(values)
        )
        var files: [String: FileRow] = [:]
        while let row = try rows.next() { files[row[0]] = FileRow(row) }
        return files
    }

    /// The row of one file.
    package func fileRow(at path: String) throws -> FileRow? {
        let (directory, name) = IndexedInstance.split(path)
        return try Row.fetchOne(
            try database.cachedStatement(sql: Self.selectFiles + " AND name = $2"),
            arguments: [directory, name]
        ).map { FileRow($0) }
    }

    /// The first folder with rows behind another one, by the bytes of its path; nil: there is none.
    package func nextFolder(after directory: String?) throws -> String? {
        guard let directory else {
            return try String.fetchOne(database, sql: "SELECT directory FROM instance ORDER BY directory LIMIT 1")
        }
        return try String.fetchOne(
            try database.cachedStatement(
                sql: "SELECT directory FROM instance WHERE directory > $1 ORDER BY directory LIMIT 1"
            ),
            arguments: [directory]
        )
    }
}
