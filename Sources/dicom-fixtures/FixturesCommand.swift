import ArgumentParser
import CDCMTKFixtures
import Foundation

/// Makes the files under Fixtures/instances, byte for byte the same each time.
@main struct FixturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dicom-fixtures",
        abstract: "Makes the DICOM files that the tests use."
    )

    @Flag(help: "Make them elsewhere, and compare them with those there are.")
    var check = false

    @Option(help: ArgumentHelp("Where the files are.", valueName: "folder"))
    var output = "Fixtures/instances"

    func run() throws {
        cdcmtk_fixture_start()
        let folder = URL(filePath: output, directoryHint: .isDirectory)
        guard check else {
            try Self.make(in: folder)
            return
        }
        let other = URL.temporaryDirectory.appending(path: "dicom-fixtures-\(UUID())", directoryHint: .isDirectory)
        defer { try? FileManager.default.removeItem(at: other) }
        try Self.make(in: other)
        let differences = try Self.differences(folder, other)
        differences.forEach { print($0) }
        if !differences.isEmpty { throw ExitCode.failure }
    }

    /// Replaces the DICOM files in `folder`, and no others.
    static func make(in folder: URL) throws {
        let files = FileManager.default
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in try files.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".dcm") {
            try files.removeItem(at: folder.appending(path: name))
        }
        var readme = ReadMe()
        for (index, object) in Object.all.enumerated() {
            for syntax in object.syntaxes {
                let name = "\(object.name).\(syntax.name).dcm"
                let file = folder.appending(path: name)
                do {
                    try object.write(to: file.path, syntax, number: index + 1)
                } catch {
                    throw FixtureError(description: "\(name): \(error)")
                }
                let size = try Data(contentsOf: file).count
                readme.add(name, object, syntax, size: size)
            }
        }
        try Data(readme.text.utf8).write(to: folder.appending(path: "README.md"))
    }

    /// The names of the files that are not the same in both folders.
    static func differences(_ left: URL, _ right: URL) throws -> [String] {
        let names = try Set([left, right].flatMap { try FileManager.default.contentsOfDirectory(atPath: $0.path) })
        return names.sorted().filter { name in
            let files = [left, right].map { try? Data(contentsOf: $0.appending(path: name)) }
            return files[0] == nil || files[0] != files[1]
        }
    }
}
