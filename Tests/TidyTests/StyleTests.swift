import Testing

/// One style for what the compiler takes in two.
@Suite("Style")
struct StyleTests {
    /// Lines of a thousand that may have `self.` where no property is initialised: closures need it, and properties of
    /// which a variable has the name. Where it is written although nothing needs it, it stands in a hundred and more.
    private static let selfMax = 20

    private static let targets = Set(
        Repository.swiftFiles.map { $0.path.split(separator: "/").prefix(2).joined(separator: "/") }
    )

    @Test("self. stands only where the compiler asks for it", arguments: targets.sorted())
    func selfDot(target: String) {
        var lines = 0
        var explicit = 0
        for file in Repository.swiftFiles where file.path.hasPrefix(target + "/") {
            for (_, line) in file.code {
                lines += 1
                let isInitialisation = line.firstMatch(of: #/^\s*self\.\w+ = /#) != nil
                if line.contains("self."), !isInitialisation { explicit += 1 }
            }
        }
        #expect(explicit * 1_000 <= Self.selfMax * max(lines, 250), "\(explicit) of \(lines) lines")
    }

    @Test("a test is named by a sentence")
    func testNames() {
        for file in Repository.swiftFiles where file.path.hasPrefix("Tests/") {
            for match in file.text.matches(of: #/(?m)^\s*@Test(?:\(\s*(?<first>[^\s])|\s)/#) {
                #expect(match.first == "\"", "\(file.path): \(file.text[match.range]) has no sentence")
            }
        }
    }

    @Test("comment lines end at 120 columns")
    func commentColumns() {
        for file in Repository.swiftFiles {
            for (number, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            where line.count > 120 && line.firstMatch(of: #/^\s*\/\//#) != nil {
                Issue.record("\(file.path):\(number + 1): a comment line of \(line.count) columns")
            }
        }
    }

    /// Words that were given up because the trade has a term for each.
    private static let retired = [
        "courier", "cargo", "crew", "watchman", "spare file", "somebody", "whoever", "lend", "hush",
    ]

    @Test("the trade's terms stand in place of metaphors and people", arguments: retired)
    func words(word: String) throws {
        let pattern = try Regex("\\b\(word)\\b").ignoresCase()
        for file in Repository.files
        where file.path.hasPrefix("Sources/") || file.path.hasPrefix("docs/") || file.path == "README.md" {
            for (number, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            where line.firstMatch(of: pattern) != nil {
                Issue.record("\(file.path):\(number + 1): \(word)")
            }
        }
    }
}
