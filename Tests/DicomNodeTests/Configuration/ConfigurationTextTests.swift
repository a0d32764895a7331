import ApplicationEntities
import ArgumentParser
import Configuration
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import dicom_node

@Suite("The configuration as text")
struct ConfigurationTextTests {
    private func file(_ text: String) -> ConfigurationFile { ConfigurationFile("node.yaml", bytes: Array(text.utf8)) }

    @Test("the example has every key, changes nothing, and changes nothing either with every # before a key removed")
    func example() throws {
        let example = ConfigurationText.example
        #expect(file(example).faults == [])
        #expect(file(example).contents.isEmpty)
        let bare = example.split(separator: "\n").map { $0.replacing(/^( *)#(?! )/) { "\($0.1)" } }.joined(
            separator: "\n"
        )
        let all = file(bare)
        #expect(all.faults == [])
        for key in ConfigurationKey.all where key.example.isEmpty && !key.value(NodeConfiguration()).isEmpty {
            #expect(all.contents[key.name] != nil, "\(key.name)")
        }
        let effective = try ConfigurationSources().read(EnvironmentVariables([:]), all)
        for key in ConfigurationKey.all where key.example.isEmpty {
            #expect(
                key.value(effective.values).description == key.value(NodeConfiguration()).description,
                "\(key.name)"
            )
        }
        #expect(example.split(separator: "\n").allSatisfy { $0.count <= 120 })
    }

    @Test("what is shown can be read again, whatever is in it")
    func show() throws {
        var effective = EffectiveConfiguration()
        effective.values.aeTitle = "A: #1 \"x\" é"
        effective.values.accept.callingAETitles = ["CT, 1", "[x]", "null", "MR2"]
        effective.values.archive.path = PathValue(argument: "/srv/a b/\u{7}: *x") ?? PathValue("x")
        effective.values.limits.associations = 7
        effective.origins = ["limits.associations": .file("node.yaml", line: 3)]
        let shown = ConfigurationText.settings(effective)
        #expect(shown.contains("  associations: 7  # node.yaml:3\n"))
        #expect(shown.contains("  port: 11112  # default\n"))
        let contents = file(shown.replacing(" é", with: "")).contents
        #expect(contents["accept.calling_ae_titles"] == .stringArray(["CT, 1", "[x]", "null", "MR2"]))
        #expect(contents["ae_title"] == .string("A: #1 \"x\""))
        #expect(contents["archive.path"] == .string("/srv/a b/\u{7}: *x"))
        let unset = ConfigurationKey.all.filter { $0.shape == .scalar && $0.value(effective.values).isEmpty }
        #expect(contents.count + unset.count == ConfigurationKey.all.count)
    }

    @Test("the value of a secret is in nothing that is shown, nor in a fault")
    func secret() throws {
        let key = ConfigurationKey("x.secret", \.aeTitle, .title, "A secret.", .restart, isSecret: true)
        var values = NodeConfiguration()
        try key.read(.text("OPEN SESAME"))(&values)
        #expect(key.shown(values) == "<hidden>")
        let faults = key.faults(of: .text("TOO LONG FOR A TITLE"), origin: .environment("X"))
        #expect(faults.map(\.description) == ["X: x.secret: its value (hidden) is not taken"])
    }

    @Test("help has every key with its option, its meaning and its default")
    func help() {
        let help = Serve.helpMessage(columns: 1_000)
        for key in ConfigurationKey.all {
            #expect(help.contains("\(key.option)"), "\(key.name)")
            #expect(help.contains("\(key.help) (default: \(key.defaultText))"), "\(key.name)")
        }
    }

    @Test("docs/configuration.md has the table of every key; RECORD=1 writes it")
    func table() throws {
        let url = packageRoot.appendingPathComponent("docs/configuration.md")
        let document = try String(contentsOf: url, encoding: .utf8)
        let begin = try #require(document.range(of: "<!-- keys -->\n"))
        let end = try #require(document.range(of: "\n<!-- end of keys -->"))
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            let text = document[..<begin.upperBound] + ConfigurationText.table + document[end.lowerBound...]
            try text.write(to: url, atomically: true, encoding: .utf8)
        } else {
            #expect(document[begin.upperBound..<end.lowerBound] == ConfigurationText.table)
        }
    }
}
