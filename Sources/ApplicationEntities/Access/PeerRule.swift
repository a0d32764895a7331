package import ServiceClasses

/// What an operator knows of one peer, under its AE title: it binds every association that uses the title.
package struct PeerRule: Equatable, Sendable {
    /// Where its associations come from; empty: from where those of other titles may come.
    package var hosts: [AddressRange]
    /// Of whom its certificate must be, as ``PeerCertificate/isOf(_:)`` reads it; nil: it need not show one.
    package var tlsSubject: String?
    /// What it may do.
    package var may: Set<Permission>
    /// Its associations at once; nil: as many as those of other titles.
    package var associations: Int?
    /// Bytes of one of its data sets; nil: as many as those of other titles, 0: no limit.
    package var objectSize: Int?

    /// A peer that may do everything from everywhere.
    package init(
        hosts: [AddressRange] = [],
        tlsSubject: String? = nil,
        may: Set<Permission> = Permission.all,
        associations: Int? = nil,
        objectSize: Int? = nil
    ) {
        self.hosts = hosts
        self.tlsSubject = tlsSubject
        self.may = may
        self.associations = associations
        self.objectSize = objectSize
    }

    /// The limits of an association of this peer.
    func limits(_ others: Limits) -> Limits {
        var limits = others
        if let associations { limits.associationsPerAETitle = associations }
        if let objectSize { limits.objectSize = objectSize }
        return limits
    }
}
