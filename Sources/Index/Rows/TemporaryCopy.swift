import Foundation
import SystemPackage

/// A copy of a database and its log in a folder of its own.
///
/// *Resources*: the folder, removed with the last reference.
final class TemporaryCopy: Sendable {
    /// Of the database.
    let path: String
    private let folder: URL

    init(of database: FilePath) throws {
        let manager = FileManager.default
        folder = manager.temporaryDirectory.appendingPathComponent("dicom-node-\(UUID().uuidString)")
        try manager.createDirectory(at: folder, withIntermediateDirectories: false)
        path = folder.appendingPathComponent("index.sqlite").path
        do {
            try manager.copyItem(atPath: database.string + "-wal", toPath: path + "-wal")
            try manager.copyItem(atPath: database.string, toPath: path)
        } catch {
            try? manager.removeItem(at: folder)
            throw error
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
