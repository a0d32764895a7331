import Foundation
import Testing

/// Every piece of Swift in docs/nursery.md does what the page says.
@Suite struct EssayTests {
    @Test("a program prints, answers or is refused as the page says", arguments: try Essay.programs)
    func program(_ snippet: Essay.Snippet) async throws {
        let program = try Program(snippet.code)
        if snippet.output.hasPrefix("error: ") {
            #expect(program.diagnostics.contains(snippet.output))
            return
        }
        #expect(!program.diagnostics.contains("error: "), Comment(rawValue: program.diagnostics))
        guard snippet.output.hasPrefix("> ") else {
            #expect(try program.output() == snippet.output + "\n")
            return
        }
        let server = try program.serve()
        defer { server.kill() }
        let script = snippet.output.split(separator: "\n")
        try await Client.run(to: server.port) { client in
            for line in script {
                if line.hasPrefix("> ") { try await client.send("\(line.dropFirst(2))\n") }
                if line.hasPrefix("< ") { #expect(try await client.line() == String(line.dropFirst(2))) }
            }
        }
    }

    @Test("an excerpt stands in its file", arguments: try Essay.excerpts)
    func excerpt(_ snippet: Essay.Snippet) throws {
        func lines(_ text: String) -> [String] {
            text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
        let file = Essay.root.appending(path: snippet.source ?? "")
        let source = lines(try String(contentsOf: file, encoding: .utf8))
        let excerpt = lines(snippet.code)
        #expect(source.indices.contains { source[$0...].starts(with: excerpt) }, "\(snippet.code)")
    }

    @Test("the page has a program for each of the ten clauses")
    func clauses() throws {
        #expect(try Essay.programs.count >= 14)
        #expect(try Essay.programs.allSatisfy { !$0.output.isEmpty })
        #expect(try Essay.excerpts.count >= 10)
    }
}
