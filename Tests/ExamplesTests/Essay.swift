import Foundation

/// The pieces of Swift in docs/nursery.md.
enum Essay {
    /// A piece that stands in the text.
    struct Snippet: CustomStringConvertible, Sendable {
        /// The line of the page at which it begins.
        let line: Int
        /// The file that it is an excerpt of; nil for a program.
        let source: String?
        let code: String
        /// What stands below it.
        var output = ""

        var description: String { "line \(line)" }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static var programs: [Snippet] { get throws { try all().filter { $0.source == nil } } }
    static var excerpts: [Snippet] { get throws { try all().filter { $0.source != nil } } }

    private static func all() throws -> [Snippet] {
        let page = try String(contentsOf: root.appending(path: "docs/nursery.md"), encoding: .utf8)
        var snippets: [Snippet] = []
        var fence: (line: Int, info: String)?
        var lines: [Substring] = []
        for (number, line) in page.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.hasPrefix("```") else {
                if fence != nil { lines.append(line) }
                continue
            }
            guard let open = fence else {
                fence = (number + 1, String(line.dropFirst(3)))
                continue
            }
            let text = lines.joined(separator: "\n")
            let words = open.info.split(separator: " ").map(String.init)
            switch words.first {
            case "swift":
                snippets.append(Snippet(line: open.line, source: words.dropFirst().first, code: text))
            case "text" where !snippets.isEmpty:
                snippets[snippets.count - 1].output = text
            default:
                break
            }
            (fence, lines) = (nil, [])
        }
        return snippets
    }
}
