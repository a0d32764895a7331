import Foundation
import TestSupport
import Testing

@testable import dicom_node

@Suite("A configuration file")
struct ConfigurationFileTests {
    private func faults(_ text: String) -> [String] {
        ConfigurationFile("node.yaml", bytes: Array(text.utf8)).faults.map(\.description)
    }

    @Test("a file with ten faults reports ten, each with file, line, key, what was found and what is taken")
    func ten() throws {
        let text = """
            ae_title: SEVENTEEN-LETTERS
            listen:
              prot: 104
              port: banana
            archive: { sync: sometimes, minimum_free: 1XB }
            accept:
              calling_ae_titles:
                - CT1
                - "BACK\\\\SLASH"
              unwalkable: perhaps
            limits: 3
            timeouts:
              idle: 5
            logging:
              level: loud
            """
        #expect(
            faults(text) == [
                "node.yaml:1: ae_title: found 'SEVENTEEN-LETTERS'; an AE title has 1 to 16 characters of printable ASCII "
                    + "without the backslash",
                "node.yaml:3: listen.prot: there is no such key; did you mean listen.port?",
                "node.yaml:4: listen.port: found 'banana'; give a whole number, 0 to 65535",
                "node.yaml:5: archive.sync: found 'sometimes'; give always or never",
                "node.yaml:5: archive.minimum_free: found '1XB'; a size is \(SizeValue.format)",
                "node.yaml:9: accept.calling_ae_titles: found 'BACK\\SLASH'; an AE title has 1 to 16 characters of "
                    + "printable ASCII without the backslash",
                "node.yaml:10: accept.unwalkable: found 'perhaps'; give true or false",
                "node.yaml:11: limits: found '3'; write the keys of this section below it",
                "node.yaml:13: timeouts.idle: found '5'; a duration is \(DurationValue.format); 0 is off, the longest is "
                    + "a century",
                "node.yaml:15: logging.level: found 'loud'; give trace, debug, info, notice, warning, error or critical",
            ]
        )
    }

    @Test(
        "what is no file of ours is named with its line",
        arguments: [
            ("a: [1\nb: 2\n", ["node.yaml:2: is no YAML here (column 2): did not find expected"]),
            ("ae_title: \"open\nlisten:\n", ["node.yaml:3: is no YAML here"]),
            ("listen:\n\tport: 1\n", ["node.yaml:2: is no YAML here"]),
            ("ae_title: A\nae_title: B\n", ["node.yaml:1: ae_title stands there twice"]),
            ("listen: { port: 1, port: 2 }\n", ["node.yaml:1: port stands there twice"]),
            ("ae_title: A\n---\nae_title: B\n", ["node.yaml:2: is no YAML here"]),
            ("- a\n- b\n", ["node.yaml:1: found a list; give keys and values"]),
            ("ae_title\n", ["node.yaml:1: found 'ae_title'; give keys and values"]),
            ("[a]: 1\n", ["node.yaml:1: found a list as a key; give a word"]),
            ("ae_title: {}\n", ["node.yaml:1: ae_title: found a map; give one value"]),
            ("listen: [1]\n", ["node.yaml:1: listen: found a list; write the keys of this section below it"]),
            ("listen.port: 1\n", ["node.yaml:1: listen.port: there is no such key; write `listen: { port: … }`"]),
            (
                "accept: { calling_ae_titles: { a: 1 } }\n",
                ["node.yaml:1: accept.calling_ae_titles: found a map; give a list"]
            ),
            (
                "accept: { calling_ae_titles: [A, [B], C] }\n",
                ["node.yaml:1: accept.calling_ae_titles: found a list; give one"]
            ),
            ("port: 1\n", ["node.yaml:1: port: there is no such key; did you mean listen.port?"]),
            ("frobnicate: 1\n", ["node.yaml:1: frobnicate: there is no such key"]),
        ]
    )
    func one(text: String, expected: [String]) {
        let found = faults(text)
        #expect(found.count == expected.count, "\(found)")
        for (fault, start) in zip(found, expected) { #expect(fault.hasPrefix(start)) }
    }

    @Test("bytes that are no text, and a file of more than 1 MiB, are refused")
    func bytes() {
        let file = ConfigurationFile("node.yaml", bytes: Array("ae_title: A\nx: ".utf8) + [0xFF, 0x0A])
        #expect(file.faults.map(\.description) == ["node.yaml:2: is no text in UTF-8"])
        let large = ConfigurationFile(
            "node.yaml",
            bytes: [UInt8](repeating: 0x20, count: ConfigurationFile.largest + 1)
        )
        #expect(
            large.faults.map(\.description) == ["node.yaml: has more than 1MiB; it is no configuration of this node"]
        )
        #expect(ConfigurationFile("node.yaml", bytes: [0]).faults.count == 1)
    }

    @Test(
        "aliases are refused before anything is made of them, nested and as keys too",
        arguments: [
            "ae_title: &a X\narchive: { path: *a }\n",
            "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
            "a: &a {k: v}\n? *a\n: 1\n",
        ]
    )
    func aliases(text: String) {
        let found = faults(text)
        #expect(!found.isEmpty && found.allSatisfy { $0.contains("anchors and aliases are not taken") }, "\(found)")
    }

    @Test("a thousand laughs take no longer than one")
    func bomb() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(faults(text).count == 61)
        // The same with anchors that the look at the text takes for a part of a quoted one.
        var hidden = "k': &a0 [x, x] # '\n"
        for level in 1...60 { hidden += "k\(level)': &a\(level) [*a\(level - 1), *a\(level - 1)] # '\n" }
        #expect(faults(hidden) == ["node.yaml:1: anchors and aliases are not taken; write the value where it belongs"])
    }

    @Test("nesting without end is refused", arguments: ["[", "{a: ", "- ", "? "])
    func depth(open: String) {
        #expect(faults(String(repeating: open, count: 100_000)).count == 1)
    }

    @Test("an ampersand and an asterisk within values are no anchors")
    func ampersand() {
        #expect(faults("ae_title: \"R&D\" # &c *d\nlisten: { host: \"*\" }\narchive: { path: /srv/a&b }\n") == [])
    }

    @Test(
        "what is empty or null is not set",
        arguments: ["", "# nothing\n", "listen:\n", "listen: ~\n", "listen: { port: }\n", "ae_title: null\n", "---\n"]
    )
    func empty(text: String) throws {
        let file = ConfigurationFile("node.yaml", bytes: Array(text.utf8))
        #expect(file.faults == [])
        #expect(file.contents.isEmpty)
    }

    @Test("a file that cannot be read is a fault: not there, a folder, a FIFO that nobody writes")
    func unreadable() throws {
        let directory = try TemporaryDirectory()
        func fault(_ name: String) throws -> String? {
            ConfigurationFile(at: try #require(PathValue(argument: directory.path + name))).faults.first?.problem
        }
        #expect(try fault("/none.yaml") == "cannot be read: No such file or directory")
        #expect(try fault("") == "is no file")
        #expect(mkfifo(directory.path + "/fifo", 0o600) == 0)
        #expect(try fault("/fifo") == "is no file")
    }

    @Test("no text breaks it, whatever it is", arguments: SeededGenerator.seeds(4))
    func anyText(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let words = [
            "listen", ":", " ", "\n", "- ", "[", "]", "{", "}", "\"", "'", "&a", "*a", "#", "port", "1", "?", "|", ">",
            "!!", "%", "\t", "\u{FEFF}", ",",
        ]
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 0..<40, using: &random)).map { _ in words.randomElement(using: &random) ?? ""
            }
            _ = ConfigurationFile("node.yaml", bytes: Array(text.joined().utf8))
        }
    }
}
