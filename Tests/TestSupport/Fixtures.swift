internal import Foundation

/// The repository's `Fixtures` folder. It lies outside every target, so it is found from this file's place.
package enum Fixtures {
    /// Its path.
    package static let path: String = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures").path

    /// The bytes of a file.
    ///
    /// - Parameter name: Relative to the folder, as in `upper-layer/table-9-10.csv`.
    package static func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: path).appending(path: name)))
    }

    /// The UTF-8 text of a file.
    package static func text(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }

    /// The names of the files of a folder with this suffix, sorted, relative to `Fixtures`.
    package static func names(in folder: String, suffix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: URL(filePath: path).appending(path: folder).path)
            .filter { $0.hasSuffix(suffix) }.sorted().map { folder + "/" + $0 }
    }
}
