import Archive
import ArgumentParser
import Instances
import SystemPackage

extension SyncPolicy: ExpressibleByArgument {}
extension DuplicatePolicy: ExpressibleByArgument {}
extension DigestAlgorithm: ExpressibleByArgument {}

/// Where and how instances are kept.
struct ArchiveOptions: ParsableArguments {
    @Option(
        name: [.customLong("archive-path"), .customLong("archive")],
        help: ArgumentHelp("The archive's directory.", valueName: "directory")
    )
    var path = PathValue("./archive")

    @Option(
        name: .customLong("archive-layout"),
        help: ArgumentHelp(
            "Where an instance goes below it: a template of DICOM keywords, which are listed above.",
            valueName: "template"
        )
    )
    var layout = Layout().template

    @Option(
        name: .customLong("archive-sync"),
        help: ArgumentHelp(
            "always: success means on stable storage; never: the kernel has it.",
            valueName: "policy"
        )
    )
    var sync = SyncPolicy.always

    @Option(
        name: .customLong("archive-duplicates"),
        help: ArgumentHelp(
            "Another instance of the same UID: keep-both, keep-first, replace or reject. The same bytes are always a success.",
            valueName: "policy"
        )
    )
    var duplicates = DuplicatePolicy.keepBoth

    @Option(
        name: .customLong("archive-minimum-free"),
        parsing: .unconditional,
        help: .setting(
            "Room on the disk, such as 10GiB, below which instances are refused before their data is written.",
            default: SizeValue(1 << 30),
            valueName: "size"
        ),
        transform: SizeValue.parse()
    )
    var minimumFree = SizeValue(1 << 30)

    @Option(
        name: .customLong("archive-digest"),
        help: ArgumentHelp(
            "Kept with each file in an extended attribute: xxh3, sha256 or none.",
            valueName: "algorithm"
        )
    )
    var digest = DigestAlgorithm.xxh3

    @Option(
        name: .customLong("archive-marker-required"),
        help: .setting(
            "Start only on a folder that is an archive already, for archives on a mount: true or false.",
            default: false,
            valueName: "boolean"
        ),
        transform: Setting.boolean
    )
    var markerRequired = false

    @Flag(name: .customLong("initialize"), help: "Make an archive of a folder, whatever is in it.")
    var initialize = false

    func validate() throws {
        do throws(ArchiveError) {
            _ = try Layout(layout)
        } catch {
            throw ValidationError("--archive-layout: \(error) (dicom-node serve --help lists the keywords)")
        }
    }

    /// *Errors*: `ArchiveError` if the layout cannot work; `validate()` has looked at it before.
    func configuration() throws(ArchiveError) -> ArchiveConfiguration {
        ArchiveConfiguration(
            path: self.path.absolute,
            sync: self.sync,
            duplicates: self.duplicates,
            layout: try Layout(self.layout),
            minimumFree: UInt64(self.minimumFree.bytes),
            digest: self.digest,
            initialize: self.initialize,
            markerRequired: self.markerRequired
        )
    }
}
