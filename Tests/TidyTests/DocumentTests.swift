import Foundation
import TestSupport
import Testing

@Suite("Documents")
struct DocumentTests {
    @Test("links between files of the repository resolve, headings included")
    func links() throws {
        for document in Repository.documents {
            let folder = packageRoot.appendingPathComponent(document.path).deletingLastPathComponent()
            for match in document.text.matches(of: /\]\(([^)\s]+)\)/) {
                let target = String(match.1)
                guard !target.contains("://"), !target.hasPrefix("mailto:") else { continue }
                let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let url =
                    parts[0].isEmpty
                    ? packageRoot.appendingPathComponent(document.path)
                    : folder.appendingPathComponent(String(parts[0])).standardizedFileURL
                guard FileManager.default.fileExists(atPath: url.path) else {
                    Issue.record("\(document.path): \(target) is not there")
                    continue
                }
                if parts.count == 2, url.pathExtension == "md" {
                    let anchors = anchors(try String(contentsOf: url, encoding: .utf8))
                    #expect(anchors.contains(String(parts[1])), "\(document.path): no heading for \(target)")
                }
            }
        }
    }

    @Test("files named in documents are there")
    func names() {
        for document in Repository.documents where document.path != "CHANGELOG.md" {
            for match in document.text.matches(of: /`((?:Sources|Tests|Fixtures|docs|\.ci)\/[A-Za-z0-9_.\/+-]+)`/) {
                let path = packageRoot.appendingPathComponent(String(match.1)).path
                #expect(FileManager.default.fileExists(atPath: path), "\(document.path): \(match.1)")
            }
        }
    }

    @Test("make targets named in documents exist")
    func makeTargets() throws {
        let makefile = try #require(Repository.files.first { $0.path == "Makefile" })
        let targets = Set(makefile.text.matches(of: /(?m)^([a-z][a-z-]*):/).map { String($0.1) })
        #expect(targets.contains("test"))
        for document in Repository.documents {
            for match in document.text.matches(of: /`make ([a-z][a-z-]*)/) {
                #expect(targets.contains(String(match.1)), "\(document.path): make \(match.1)")
            }
        }
    }

    @Test("README lists the seven promises and leads to every document")
    func readme() throws {
        let readme = try #require(Repository.documents.first { $0.path == "README.md" })
        for promise in 1...7 { #expect(readme.text.contains("\n\(promise). **"), "promise \(promise)") }
        for document in Repository.documents {
            guard document.path.hasPrefix("docs/"), !document.path.contains("decisions/") else { continue }
            #expect(readme.text.contains("(\(document.path))"), "\(document.path) is not linked from README.md")
        }
    }

    @Test("the conformance statement lists every storage SOP class with its UID")
    func storageClasses() throws {
        let statement = try #require(Repository.documents.first { $0.path == "docs/conformance.md" })
        let source = try #require(Repository.sources.first { $0.path.hasSuffix("/SOPClasses+Storage.swift") })
        let classes = source.text.matches(of: /"([0-9.]+)",  \/\/ (.+)/)
        #expect(classes.count > 200)
        for match in classes {
            #expect(statement.text.contains("| \(match.2) | \(match.1) |"), "\(match.1)")
        }
    }

    /// The anchors of a document's headings, as forges make them.
    private func anchors(_ text: String) -> Set<String> {
        Set(
            text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
                String(
                    line.drop { $0 == "#" || $0 == " " }.lowercased()
                        .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
                        .map { $0 == " " ? "-" : $0 }
                )
            }
        )
    }
}
