import ArgumentParser
import Foundation
import Index
import SystemPackage

/// `dicom-node archive retention`: what the node would remove by itself.
struct ArchiveRetention: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: "Say which studies the node would remove now, by archive.retention. Nothing is removed.",
        discussion: """
            Associations that are open now, and what came in the last moments, are known to the node only: it may keep more.
            A duration is \(DurationValue.format).

            dicom-node archive retention --config /etc/dicom-node.yaml
            dicom-node archive retention --archive /srv/dicom/archive --archive-retention-keep 30d
            """
    )

    /// The keys that decide.
    enum Keys: KeySelection {
        static var keys: [ConfigurationKey] {
            [
                "archive.path", "index.url", "archive.retention.keep", "archive.retention.below",
                "archive.retention.only",
            ].compactMap(ConfigurationKey.named)
        }
    }

    @OptionGroup var options: KeyOptions<Keys>
    @Flag(help: "A JSON array.") var json = false

    func run() throws {
        let values = try options.values()
        let archive = IndexedArchive(values)
        let policy = values.archive.retention
        guard !policy.isOff else {
            throw ValidationError(
                "retention is off: neither archive.retention.keep nor archive.retention.below is set."
            )
        }
        let database = try archive.open()
        do {
            var plan = RetentionPlan(
                policy,
                room: try DiskRoom(of: archive.absolutePath),
                now: Int64(Date().timeIntervalSince1970)
            )
            var studies: [StudyArrival] = []
            while let study = try plan.next(in: database) {
                studies.append(study)
                plan.freed(study.bytes)
            }
            StandardStream.output.write(json ? Self.json(studies) : Self.text(studies))
        } catch {
            throw archive.failure(error)
        }
    }

    private static func text(_ studies: [StudyArrival]) -> String {
        let lines = studies.map { study in
            "would remove study \(StandardErrorLogHandler.escaped(study.studyInstanceUID)): \(study.instances) files, "
                + "\(ByteCount.text(study.bytes)), last arrival \(date(study.changed))\n"
        }
        let bytes = studies.reduce(0) { $0 + $1.bytes }
        return lines.joined() + "\(studies.count) studies, \(ByteCount.text(bytes))\n"
    }

    private static func json(_ studies: [StudyArrival]) -> String {
        let objects = studies.map { study in
            "{\"StudyInstanceUID\": \(JSONText.text(study.studyInstanceUID)), "
                + "\"NumberOfStudyRelatedInstances\": \(study.instances), \"bytes\": \(study.bytes), "
                + "\"changed\": \(JSONText.text(date(study.changed)))}"
        }
        return "[\n" + objects.joined(separator: ",\n") + "\n]\n"
    }

    private static func date(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}
