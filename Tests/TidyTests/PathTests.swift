import Testing

/// The size of the path of an image: how much a stranger has to read to follow one from the socket to its answer.
@Suite("The path of an image")
struct PathTests {
    private struct Size: Equatable {
        var files: Int
        var lines: Int
    }

    private static func document(_ path: String) throws -> String {
        try #require(Repository.documents.first { $0.path == path }).text
    }

    private static func claim(_ path: String) throws -> Size {
        let sentence =
            /path of an image, from the socket to the answer, is\s+(?<files>\d+) files and\s+(?<lines>[\d,]+)\s+lines/
        let match = try #require(try document(path).firstMatch(of: sentence), "\(path) does not say it")
        let lines = match.lines.filter { $0 != "," }
        return Size(files: try #require(Int(match.files)), lines: try #require(Int(lines)))
    }

    /// The files that docs/architecture.md lists: in each line a folder of Sources, and names; a line without a folder
    /// goes on with the last one.
    private static func paths() throws -> [String] {
        let block = try #require(try document("docs/architecture.md").firstMatch(of: /(?s)```path\n(.*?)```/)).1
        var folder = Substring()
        return block.split(separator: "\n").flatMap { line in
            var words = line.split(separator: " ")
            if line.first != " " { folder = words.removeFirst() }
            return words.map { "Sources/\(folder)/\($0).swift" }
        }
    }

    @Test("it is no longer than docs/architecture.md and README.md say")
    func size() throws {
        let paths = try Self.paths()
        var size = Size(files: paths.count, lines: 0)
        for path in paths {
            let file = try #require(Repository.sources.first { $0.path == path }, "\(path) is not there")
            size.lines += file.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
        }
        print("path of an image: \(size.files) files, \(size.lines) lines")
        let claim = try Self.claim("docs/architecture.md")
        #expect(size.files <= claim.files && size.lines <= claim.lines, "\(size) exceeds \(claim)")
        #expect(try Self.claim("README.md") == claim)
    }
}
