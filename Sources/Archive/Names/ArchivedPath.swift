/// The path of an archived file, as a layout gives it.
///
/// It may come from an index that was damaged, so it must not lead out of the archive, nor to the archive's own files.
struct ArchivedPath {
    let path: String
    let directories: [String]
    let name: String

    init(_ place: RelativePath) {
        path = place.path(copy: 1)
        directories = place.directories
        name = place.name(copy: 1)
    }

    /// Nil for a path that no layout gives.
    init?(_ path: String) {
        var components = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard !components.contains(where: { $0.isEmpty || $0.hasPrefix(".") }), let name = components.popLast() else {
            return nil
        }
        self.path = path
        directories = components
        self.name = name
    }
}

extension Root {
    /// Opens an archived file for reading.
    func open(_ place: ArchivedPath) throws(SystemError) -> OpenFile {
        var directory = self.directory
        for component in place.directories { directory = try OpenFile(directory: component, in: directory) }
        let parent = directory
        return try OpenFile(on: disk) { disk throws(SystemError) in try disk.openFile(place.name, in: parent.descriptor)
        }
    }
}
