import Foundation
import TestSupport
import Testing

@Suite("Every key changes what the node does, wherever its value comes from")
struct KeyTests {
    @Test("with the value from each source, and as usual without one", arguments: KeyCase.all, KeyCase.Source.allCases)
    func behaviour(test: KeyCase, source: KeyCase.Source) throws {
        try test.run(source)
    }

    @Test("there is a case for every key")
    func complete() throws {
        let shown = try run(nodeExecutable, ["config", "show"]).output
        var sections: [Substring] = []
        var keys: [String] = []
        for line in shown.split(separator: "\n") {
            let depth = line.prefix { $0 == " " }.count / 2
            sections = sections.prefix(depth) + [line.dropFirst(depth * 2).prefix { $0 != ":" }]
            if line.contains("  # ") { keys.append(sections.joined(separator: ".")) }
        }
        #expect(Set(keys) == Set(KeyCase.all.map(\.key)))
        #expect(keys.count == KeyCase.all.count)
    }
}
