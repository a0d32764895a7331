import ApplicationEntities
import Archive
import Glibc
import Index
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

    /// Nil: there is to be none.
    var indexConfiguration: Index.Configuration? {
        guard index.enabled else { return nil }
        let path = archive.path.absolute
        return Index.Configuration(archive: path, database: index.location.database(of: path))
    }

    /// Who may associate, and for what.
    ///
    /// - Parameter users: What is in ``Accept/userFile``.
    func access(_ users: UserFile?) -> AccessRules {
        AccessRules(
            calledAETitles: Set(accept.calledAETitles),
            callingAETitles: Set(accept.callingAETitles),
            hosts: accept.hosts,
            peers: peers.rules,
            users: users.map { UserRules(users: $0, areRequired: accept.userIdentity == .required) },
            storage: StorageSCP.Acceptance(
                sopClasses: Set(accept.sopClasses),
                transferSyntaxes: Set(accept.transferSyntaxes),
                unknownSOPClasses: accept.unknownSOPClasses
            )
        )
    }

    /// Where associations are accepted, the plain place first.
    var listeners: [ApplicationEntity.Listen] {
        let plain = ApplicationEntity.Listen(host: Self.interface(listen.host), port: listen.port)
        let secure = ApplicationEntity.Listen(
            host: Self.interface(tls.host ?? listen.host),
            port: tls.port,
            isSecure: true
        )
        return (listen.isEnabled ? [plain] : []) + (tls.isEnabled ? [secure] : [])
    }

    /// `*` is every interface: `::`, which takes IPv4 too, or `0.0.0.0` where the kernel has no IPv6.
    private static func interface(_ host: String) -> String {
        guard host == "*" else { return host }
        let probe = socket(AF_INET6, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { return "0.0.0.0" }
        close(probe)
        return "::"
    }

    /// The ready line, which scripts wait for.
    ///
    /// - Parameter addresses: Those that were bound, in the order of ``listeners``.
    func readyLine(_ addresses: [SocketAddress]) -> String {
        let places = zip(listeners, addresses).map { listen, address in
            let host = address.ipAddress ?? listen.host
            let shown = host.contains(":") ? "[\(host)]" : host
            return "\(shown):\(address.port ?? listen.port)\(listen.isSecure ? " (TLS)" : "")"
        }
        return "listening on \(places.joined(separator: " and ")) as \(aeTitle), "
            + "archiving to \(archive.path.absolute.string)"
    }
}

extension NodeConfiguration.TLS {
    /// The files.
    var files: TLSSettings {
        TLSSettings(
            certificate: certificate?.path.string,
            privateKey: privateKey?.path.string,
            authorities: authorities?.path.string,
            requiresClientCertificate: requiresClientCertificate
        )
    }
}
