import ApplicationEntities
import Archive
import NIOCore
import ServiceClasses
import SystemPackage

// What the parts of the node are told.
extension NodeConfiguration {
    /// - Parameter initialize: Makes an archive of a directory, whatever is in it.
    func archiveConfiguration(initialize: Bool) -> ArchiveConfiguration {
        ArchiveConfiguration(
            path: archive.path.absolute,
            sync: archive.sync,
            duplicates: archive.duplicates,
            layout: archive.layout,
            minimumFree: UInt64(archive.minimumFree),
            digest: archive.digest,
            initialize: initialize,
            markerRequired: archive.markerRequired
        )
    }

    /// What associations see.
    ///
    /// - Parameter descriptors: How many may be open in the process.
    func settings(descriptors: Int) -> Settings.Snapshot {
        var limits = limits
        limits.descriptors = descriptors
        let access = AccessRules(
            calledAETitles: Set(accept.calledAETitles),
            callingAETitles: Set(accept.callingAETitles),
            storage: StorageSCP.Acceptance(unknownSOPClasses: accept.unknownSOPClasses)
        )
        return Settings.Snapshot(access: access, limits: limits, timeouts: timeouts)
    }

    /// The ready line, which scripts wait for.
    func readyLine(_ address: SocketAddress) -> String {
        let host = address.ipAddress ?? listen.host
        let shown = host.contains(":") ? "[\(host)]" : host
        return "listening on \(shown):\(address.port ?? listen.port) as \(aeTitle), "
            + "archiving to \(archive.path.absolute.string)"
    }
}
