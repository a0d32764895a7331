import Archive
import ArgumentParser
import Instances

extension SyncPolicy: ExpressibleByArgument {}
extension DuplicatePolicy: ExpressibleByArgument {}
extension DigestAlgorithm: ExpressibleByArgument {}

/// Where and how instances are kept.
struct ArchiveOptions: ParsableArguments {
    @Option(name: [.customLong("archive-path"), .customLong("archive")], help: "The archive's folder.")
    var path = "./archive"

    @Option(name: .customLong("archive-layout"), help: "Where an instance goes below it: a template of DICOM keywords.")
    var layout = Layout().template

    @Option(
        name: .customLong("archive-sync"),
        help: "always: success means on stable storage; never: the kernel has it."
    )
    var sync = SyncPolicy.always

    @Option(
        name: .customLong("archive-duplicates"),
        help:
            "Another instance of the same UID: keep-both, keep-first, replace or reject. The same bytes are always a success."
    )
    var duplicates = DuplicatePolicy.keepBoth

    @Option(
        name: .customLong("archive-minimum-free"),
        help: "Room on the disk below which instances are refused before their data is written."
    )
    var minimumFree = SizeValue(1 << 30)

    @Option(
        name: .customLong("archive-digest"),
        help: "Kept with each file in an extended attribute: xxh3, sha256 or none."
    )
    var digest = DigestAlgorithm.xxh3

    @Flag(name: .customLong("initialize"), help: "Make an archive of a folder that exists.")
    var initialize = false

    func validate() throws {
        do throws(ArchiveError) {
            _ = try Layout(self.layout)
        } catch {
            throw ValidationError("--archive-layout: \(error)")
        }
    }

    /// *Errors*: `ArchiveError` if the layout cannot work; `validate()` has looked at it before.
    func configuration() throws(ArchiveError) -> ArchiveConfiguration {
        ArchiveConfiguration(
            path: self.path,
            sync: self.sync,
            duplicates: self.duplicates,
            layout: try Layout(self.layout),
            minimumFree: UInt64(self.minimumFree.bytes),
            digest: self.digest,
            initialize: self.initialize
        )
    }
}
