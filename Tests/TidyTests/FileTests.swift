import Foundation
import TestSupport
import Testing

@Suite("Rules for every file")
struct FileTests {
    /// Longer than 400 lines, and why.
    private static let long: [String: String] = [:]

    @Test("no source file has more than 400 lines")
    func length() {
        var long = Set(Self.long.keys)
        for file in Repository.swiftFiles where file.lines.count > 401 {
            if long.remove(file.path) == nil { Issue.record("\(file.path) has \(file.lines.count - 1) lines") }
        }
        #expect(long.isEmpty, "an exception that is no longer needed")
    }

    @Test("nothing is left to be done", arguments: ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"])
    func leftovers(word: String) {
        for file in Repository.files where file.path != "LICENSE" {
            for (index, line) in file.lines.enumerated() {
                let words = line.split { !$0.isLetter && !$0.isNumber }
                #expect(!words.contains { $0 == word }, "\(file.path):\(index + 1)")
            }
        }
    }

    @Test(
        "no path of one machine",
        arguments: ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/Us" + "ers/", "/opt/sw" + "ift"]
    )
    func machinePaths(path: String) {
        for file in Repository.files {
            for (index, line) in file.lines.enumerated() {
                #expect(!line.contains(path), "\(file.path):\(index + 1)")
            }
        }
    }

    @Test("lines end as .editorconfig says")
    func whitespace() {
        for file in Repository.files {
            #expect(file.text.isEmpty || file.text.hasSuffix("\n"), "\(file.path) does not end with a line feed")
            #expect(!file.text.contains("\r"), "\(file.path) has carriage returns")
            for (index, line) in file.lines.enumerated() where line.hasSuffix(" ") || line.hasSuffix("\t") {
                Issue.record("\(file.path):\(index + 1) ends with white space")
            }
        }
    }
}
