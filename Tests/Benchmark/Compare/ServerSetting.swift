/// Whether a server answers success before or after the object is on stable storage.
enum Durability: String, Codable, Sendable { case never, always }

/// A server with its settings, as it is run beside others.
struct ServerSetting: Sendable {
    enum Kind: String, Codable, Sendable { case node, limit, peer }

    /// Short name, unique.
    let name: String
    /// For the tables.
    let title: String
    let kind: Kind
    var durability = Durability.never
    /// The most associations it is given; more make it fail or take hours.
    var associationsLimit = Int.max
    /// The most objects it is given in a run.
    var objectsLimit = Int.max
    /// The raw-socket limit, for its own sender.
    var limitMode: LimitMode?
    /// Variables it is started with.
    var environment: [String: String] = [:]
    /// The command with which an archive is filled before a run, where it is quicker than the server's own; nil: its
    /// own.
    var fillCommand: (@Sendable (_ port: Int, _ folder: String) throws -> [String])?
    /// The command for a port and a folder; it may write files into the folder first.
    let command: @Sendable (_ port: Int, _ folder: String) throws -> [String]
}
