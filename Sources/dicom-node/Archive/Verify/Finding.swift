/// What is wrong with an archive, at one path.
struct Finding: Hashable, Sendable, Codable {
    enum Kind: String, Sendable, Codable, CaseIterable {
        /// The index has a row of a file that is not there.
        case missing
        /// A file that is no instance, or that the index does not know.
        case extra
        /// A file that is not what was archived.
        case damaged
    }

    var kind: Kind
    /// Below the archive's directory.
    var path: String
    var reason: String

    init(_ kind: Kind, _ path: String, _ reason: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
    }
}
