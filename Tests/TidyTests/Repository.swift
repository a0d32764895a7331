import Foundation
import TestSupport

/// A text file that git tracks.
struct TrackedFile: Sendable {
    /// Its path from the root of the repository.
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The lines without what stands behind `//`, numbered from 1; rules about code are not about comments.
    var code: [(number: Int, text: Substring)] {
        lines.enumerated().map { index, line in
            (index + 1, line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line)
        }
    }
}

/// What git tracks here, and would: files that are new and not ignored count, too.
enum Repository {
    static let files: [TrackedFile] = {
        let listed = try? run(
            "git",
            ["-C", packageRoot.path, "ls-files", "--cached", "--others", "--exclude-standard"]
        )
        return (listed?.output ?? "").split(separator: "\n").compactMap { name in
            let url = packageRoot.appendingPathComponent(String(name))
            guard let data = try? Data(contentsOf: url), let text = String(data: data, encoding: .utf8),
                !text.unicodeScalars.contains("\0")
            else { return nil }
            return TrackedFile(path: String(name), text: text)
        }
    }()

    static let swiftFiles = files.filter { $0.path.hasSuffix(".swift") }
    static let sources = swiftFiles.filter { $0.path.hasPrefix("Sources/") }
    static let documents = files.filter { $0.path.hasSuffix(".md") }
}
