/// What SQL text has to say differently to each database. All else is written once, in what SQLite and PostgreSQL both
/// understand: `$1` for parameters, natural keys, `ON CONFLICT`, row values.
struct SQLDialect: Sendable {
    /// The table that lists the tables, and its columns of the kind and the name.
    let hasTable: String

    static let sqlite = SQLDialect(hasTable: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1")
}
