/// A file's place below the archive's directory.
struct RelativePath: Hashable, Sendable {
    let directories: [String]
    /// The path of the last of them; empty without any.
    let directory: String
    /// The file's name without its extension.
    let stem: String
    let `extension`: String

    init(directories: [String], stem: String, extension: String) {
        self.directories = directories
        self.stem = stem
        self.extension = `extension`
        // By hand, because `joined` costs as much as the rest of giving a name.
        var directory = ""
        directory.reserveCapacity(directories.reduce(0) { $0 + $1.utf8.count + 1 })
        for component in directories {
            if !directory.isEmpty { directory += "/" }
            directory += component
        }
        self.directory = directory
    }

    /// The name of the copy with this number; the first has none. `~` occurs in no name made from values.
    func name(copy: Int) -> String {
        copy == 1 ? stem + `extension` : "\(stem)~\(copy)\(`extension`)"
    }

    /// Whether a path is that of one of its copies.
    func isOfCopy(_ other: String) -> Bool {
        let first = path(copy: 1)
        guard other != first else { return true }
        let start = first.dropLast(`extension`.count) + "~"
        guard other.hasPrefix(start), other.hasSuffix(`extension`) else { return false }
        let number = other.dropFirst(start.count).dropLast(`extension`.count)
        return !number.isEmpty && number.allSatisfy { $0.isASCII && $0.isNumber }
    }

    func path(copy: Int) -> String {
        let name = name(copy: copy)
        return directory.isEmpty ? name : directory + "/" + name
    }
}
