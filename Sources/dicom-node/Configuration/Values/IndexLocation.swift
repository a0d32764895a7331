import Index
import SystemPackage

/// Where an index is.
struct IndexLocation: Sendable {
    /// Nil: in the archive.
    private let path: PathValue?

    private static let scheme = "sqlite:"

    static let inArchive = IndexLocation(path: nil)

    private init(path: PathValue?) { self.path = path }

    /// *Errors*: `InvalidValue`.
    init(argument: String) throws {
        guard !argument.isEmpty else {
            self = .inArchive
            return
        }
        guard argument.hasPrefix(Self.scheme),
            let path = PathValue(argument: String(argument.dropFirst(Self.scheme.count)))
        else { throw InvalidValue("give sqlite: and the path of a database, such as sqlite:/var/lib/index.sqlite.") }
        self.path = path
    }

    /// As it is written.
    var text: String { path.map { Self.scheme + "\($0)" } ?? "" }

    func database(of archive: FilePath) -> FilePath { path?.absolute ?? IndexDatabase.path(in: archive) }
}
