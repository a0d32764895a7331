/// A file's place below the archive's directory.
struct RelativePath: Hashable, Sendable {
    var directories: [String]
    /// The file's name without its extension.
    var stem: String
    var `extension`: String

    /// The name of the copy with this number; the first has none. `~` occurs in no name made from values.
    func name(copy: Int) -> String {
        copy == 1 ? stem + `extension` : "\(stem)~\(copy)\(`extension`)"
    }

    func path(copy: Int) -> String {
        (directories + [name(copy: copy)]).joined(separator: "/")
    }
}
