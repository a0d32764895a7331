import Foundation
import TestSupport

/// Compares the index of an archive with its files.
enum IndexVerdict {
    /// How long an index may take to catch up, in looks of a tenth of a second; a busy machine needs a few.
    private static let looksMax = 600

    /// What is wrong, in words; nothing if there is a row for each file, and no other.
    ///
    /// - Parameter isRunning: A node catches up meanwhile, and is waited for.
    static func faults(_ archive: String, isRunning: Bool) throws -> [String] {
        var faults: [String] = []
        for _ in 0..<(isRunning ? looksMax : 1) {
            faults = try difference(archive)
            if faults.isEmpty { break }
            // No event tells another process that the index is up to date.
            if isRunning { usleep(100_000) }
        }
        return faults
    }

    private static func difference(_ archive: String) throws -> [String] {
        let result = try run(
            nodeExecutable,
            ["archive", "list", "instances", "--archive", archive, "--json", "--rows", "0"]
        )
        guard result.succeeded,
            let rows = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]]
        else { return ["the index cannot be listed: \(result.errors)"] }
        let files = try filesBelow(archive).filter { !$0.hasPrefix(".") && !$0.contains("/.") }
        let paths = rows.compactMap { $0["path"] as? String }
        var faults = Set(files).subtracting(paths).sorted().map { "\($0) has no row" }
        faults += Set(paths).subtracting(files).sorted().map { "the row \($0) has no file" }
        if Set(paths).count != paths.count { faults.append("a file has two rows") }
        for row in rows {
            guard let path = row["path"] as? String, let uid = row["SOPInstanceUID"] as? String else { continue }
            if !path.hasSuffix("/\(uid).dcm") { faults.append("the row \(path) is that of \(uid)") }
        }
        let studies = try run(
            nodeExecutable,
            ["archive", "list", "studies", "--archive", archive, "--json", "--rows", "0"]
        )
        let counted = try JSONSerialization.jsonObject(with: Data(studies.output.utf8)) as? [[String: Any]] ?? []
        let sum = counted.reduce(0) { $0 + ($1["NumberOfStudyRelatedInstances"] as? Int ?? 0) }
        if sum != paths.count { faults.append("the studies count \(sum) files of \(paths.count)") }
        return faults
    }
}
