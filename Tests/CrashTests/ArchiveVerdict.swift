import Foundation
import TestSupport

/// Compares an archive after its node was started again with what the senders know.
enum ArchiveVerdict {
    /// What is wrong, in words; nothing if every instance that was acknowledged is present and has its bytes, every
    /// other is absent or whole, and nothing is left over.
    /// - Parameter ownFiles: the hidden files that belong to an archive, as `ownFiles(of:)` finds them in a new one.
    static func faults(_ archive: String, _ record: Ledger.Record, ownFiles: [String]) throws -> [String] {
        var faults: [String] = []
        let files = try filesBelow(archive)
        let hidden = files.filter { isHidden($0) && !isOfIndex($0) }
        if hidden != ownFiles { faults.append("left over: \(hidden.filter { !ownFiles.contains($0) })") }

        let sent = Dictionary(uniqueKeysWithValues: record.begun.map { ($0.sopInstanceUID, $0) })
        var present: Set<String> = []
        for file in files where !isHidden(file) {
            let name = file.split(separator: "/").last.map(String.init) ?? file
            guard name.hasSuffix(".dcm"), let instance = sent[String(name.dropLast(4))] else {
                faults.append("\(file) was never sent")
                continue
            }
            if !present.insert(instance.sopInstanceUID).inserted { faults.append("\(file) is there twice") }
            let word = record.acknowledged.contains(instance) ? "acknowledged" : "unacknowledged"
            if let fault = difference(archive + "/" + file, instance) { faults.append("\(word) \(file) \(fault)") }
        }
        for instance in record.acknowledged where !present.contains(instance.sopInstanceUID) {
            faults.append("acknowledged \(instance.sopInstanceUID) (\(instance.pixels) bytes) is missing")
        }
        return faults
    }

    /// The hidden files of an archive, but for the index, which comes when it comes.
    static func ownFiles(of archive: String) throws -> [String] {
        try filesBelow(archive).filter { isHidden($0) && !isOfIndex($0) }
    }

    private static func isOfIndex(_ file: String) -> Bool { file.hasPrefix(".dicom-node/index.sqlite") }

    private static func isHidden(_ file: String) -> Bool { file.hasPrefix(".") || file.contains("/.") }

    /// How a file differs from the instance that it should be.
    private static func difference(_ path: String, _ instance: SentInstance) -> String? {
        do {
            let file = try Part10File(path: path)
            guard file.sopInstanceUID == instance.sopInstanceUID, file.transferSyntaxUID == RawUID.explicitLittle else {
                return "has the meta header of another"
            }
            let expected = instance.dataSet
            guard file.dataSet.count == expected.count else {
                return "has \(file.dataSet.count) bytes of \(expected.count)"
            }
            // Not `==`, which takes its time in a debug build.
            return memcmp(file.dataSet, expected, expected.count) == 0 ? nil : "has other bytes"
        } catch {
            return "cannot be read: \(error)"
        }
    }
}
