import GRDB

/// Reads rows as they are at one moment. Valid only where it was given.
package struct IndexReader {
    let database: Database

    init(_ database: Database) { self.database = database }

    /// Where the copies of an instance are, the first one first.
    package func paths(of sopInstanceUID: String) throws -> [String] {
        try Row.fetchAll(
            try database.cachedStatement(
                sql: "SELECT directory, name FROM instance WHERE sop_instance_uid = $1 "
                    + "ORDER BY received, directory, name"
            ),
            arguments: [sopInstanceUID]
        ).map { row in
            let directory: String = row[0]
            let name: String = row[1]
            return directory.isEmpty ? name : directory + "/" + name
        }
    }

    /// All copies of an instance, the first one first.
    package func copies(of sopInstanceUID: String) throws -> [InstanceRow] {
        var filter = IndexFilter()
        filter.sopInstanceUID = sopInstanceUID
        return try instances(filter, limit: Int(Int32.max)).rows.sorted {
            ($0.received, $0.path) < ($1.received, $1.path)
        }
    }

    /// The row of a file.
    package func instance(at path: String) throws -> InstanceRow? {
        let (directory, name) = IndexedInstance.split(path)
        return try Row.fetchOne(
            database,
            sql: Self.selectInstances + " WHERE instance.directory = $1 AND instance.name = $2",
            arguments: [directory, name]
        ).map { InstanceRow($0) }
    }

    /// Every SOP Instance UID that has a row, once for each file.
    package func forEachSOPInstanceUID(_ body: (String) throws -> Void) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT sop_instance_uid FROM instance")
        while let row = try rows.next() { try body(row[0]) }
    }

    /// How many files there are rows of.
    package func instanceCount() throws -> Int {
        try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM instance") ?? 0
    }

    /// When each file in a folder was received, by name: seconds since 1970.
    func files(in directory: String) throws -> [String: Int64] {
        let rows = try Row.fetchCursor(
            try database.cachedStatement(sql: Statements.namesInFolder),
            arguments: [directory]
        )
        var files: [String: Int64] = [:]
        while let row = try rows.next() { files[row[0]] = row[1] }
        return files
    }

    /// Folders that have been read, or hold files with rows, by their path, behind another one.
    func folders(after directory: String?, limit: Int) throws -> [(directory: String, modified: Int64)] {
        try Row.fetchAll(
            database,
            sql: "SELECT directory, modified FROM folder"
                + (directory == nil ? "" : " WHERE directory > $1") + " ORDER BY directory LIMIT \(limit)",
            arguments: directory.map { [$0] } ?? []
        ).map { (directory: $0[0], modified: $0[1]) }
    }

    func folder(_ directory: String) throws -> Int64? {
        try Int64.fetchOne(
            database,
            sql: "SELECT modified FROM folder WHERE directory = $1",
            arguments: [directory]
        )
    }
}
