import Archive
import ArgumentParser

extension SyncPolicy: ExpressibleByArgument {}
extension DuplicatePolicy: ExpressibleByArgument {}

/// Where and how instances are kept.
struct ArchiveOptions: ParsableArguments {
    @Option(name: [.customLong("archive-path"), .customLong("archive")], help: "The archive's folder.")
    var path = "./archive"

    @Option(
        name: .customLong("archive-sync"),
        help: "always: success means on stable storage; never: the kernel has it."
    )
    var sync = SyncPolicy.always

    @Flag(name: .customLong("initialize"), help: "Make an archive of a folder that exists.")
    var initialize = false

    var configuration: ArchiveConfiguration {
        ArchiveConfiguration(path: self.path, sync: self.sync, initialize: self.initialize)
    }
}
