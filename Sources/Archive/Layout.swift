/// Where instances go below the archive's directory.
struct RelativePath: Hashable, Sendable {
    var directories: [String]
    /// The file's name without its extension.
    var stem: String
    var `extension`: String

    /// The name of the copy with this number; the first has none.
    func name(copy: Int) -> String {
        copy == 1 ? stem + `extension` : "\(stem)~\(copy)\(`extension`)"
    }

    func path(copy: Int) -> String {
        (directories + [name(copy: copy)]).joined(separator: "/")
    }
}

/// `<StudyInstanceUID>/<SeriesInstanceUID>/<SOPInstanceUID>.dcm`
package struct Layout: Sendable {
    package init() {}

    func path(for keys: InstanceKeys) throws(ArchiveError) -> RelativePath {
        guard !keys.sopInstanceUID.isEmpty else {
            throw ArchiveError(.unnameable, "the instance has no SOP Instance UID")
        }
        let path = RelativePath(
            directories: [component(keys.studyInstanceUID), component(keys.seriesInstanceUID)],
            stem: PathComponent.encode(keys.sopInstanceUID),
            extension: ".dcm"
        )
        // Room for `~` and a copy's number.
        guard path.directories.allSatisfy({ $0.utf8.count <= PathComponent.lengthMax }),
            path.name(copy: 1).utf8.count + 8 <= PathComponent.lengthMax
        else { throw ArchiveError(.unnameable, "a UID is too long for a name") }
        return path
    }

    private func component(_ value: String?) -> String {
        guard let value, !value.isEmpty else { return "_" }
        return PathComponent.encode(value)
    }
}
