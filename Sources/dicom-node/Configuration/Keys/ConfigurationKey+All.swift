import ApplicationEntities
import UpperLayer

extension ConfigurationKey {
    /// Every key, in the order in which people read them. A key that is not here does not exist, and one that is exists
    /// everywhere.
    static let all: [ConfigurationKey] =
        [
            ConfigurationKey(
                "ae_title",
                \.aeTitle,
                .title,
                "Our AE title, for the ready line and the log; which titles are accepted is another setting.",
                .restart
            )
        ] + listen + archive + index + accept + users + peers + limits + timeouts + tls + commitment + logging

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    static func named(_ name: String) -> ConfigurationKey? { byName[name] }

    /// `listen` and its like: what stands above keys.
    static let sections = Set(
        all.flatMap { key in
            let parts = key.name.split(separator: ".")
            return (1..<max(1, parts.count)).map { parts.prefix($0).joined(separator: ".") }
        }
    )

    private static let listen: [ConfigurationKey] = [
        ConfigurationKey(
            "listen.enabled",
            \.listen.isEnabled,
            .boolean,
            "Accept associations without TLS: true or false.",
            .restart
        ),
        ConfigurationKey(
            "listen.host",
            \.listen.host,
            .host,
            "Address to listen on, such as 127.0.0.1 or [::1]; * for every interface, IPv6 and IPv4.",
            .restart,
            shortOption: "host"
        ),
        ConfigurationKey(
            "listen.port",
            \.listen.port,
            .number(in: 0...65_535, name: "port"),
            "Port to listen on, 0 to 65535; 0 takes a free one, which the ready line names.",
            .restart,
            shortOption: "port"
        ),
    ]

    private static let index: [ConfigurationKey] = [
        ConfigurationKey(
            "index.enabled",
            \.index.enabled,
            .boolean,
            "Keep an index of what is archived, for lists and for duplicates under other paths: true or false.",
            .restart
        ),
        ConfigurationKey(
            "index.url",
            \.index.location,
            .indexLocation,
            "Where the index is: sqlite: and the path of a database.",
            emptyMeans: "in the archive",
            .restart
        ),
    ]

    private static let accept: [ConfigurationKey] = [
        ConfigurationKey(
            "accept.called_ae_titles",
            list: \.accept.calledAETitles,
            of: .title,
            "Called AE titles that are accepted.",
            emptyMeans: "any",
            .reload
        ),
        ConfigurationKey(
            "accept.calling_ae_titles",
            list: \.accept.callingAETitles,
            of: .title,
            "Calling AE titles that are accepted.",
            emptyMeans: "any",
            .reload
        ),
        ConfigurationKey(
            "accept.hosts",
            list: \.accept.hosts,
            of: .addressRange,
            valueName: "addresses",
            "Addresses that associations may come from, and ranges such as 192.0.2.0/24 or 2001:db8::/32.",
            emptyMeans: "any",
            .reload
        ),
        ConfigurationKey(
            "accept.sop_classes",
            list: \.accept.sopClasses,
            of: .storageSOPClass,
            valueName: "SOP classes",
            "Storage SOP classes that are accepted: keywords such as CTImageStorage, or UIDs.",
            emptyMeans: "any",
            .reload
        ),
        ConfigurationKey(
            "accept.transfer_syntaxes",
            list: \.accept.transferSyntaxes,
            of: .transferSyntax,
            valueName: "transfer syntaxes",
            "Transfer syntaxes that are accepted for storage: keywords such as ExplicitVRLittleEndian, or UIDs.",
            emptyMeans: "any",
            .reload
        ),
        ConfigurationKey(
            "accept.unknown_sop_classes",
            \.accept.unknownSOPClasses,
            .boolean,
            "Accept SOP classes that are in no table of ours: true or false.",
            .reload
        ),
        ConfigurationKey(
            "accept.unwalkable",
            \.limits.acceptsUnwalkable,
            .boolean,
            """
            Store data sets that cannot be walked to their end or have more than 64 sequences within each other, \
            unchecked, if their identity was found: cut ones too, so for senders that are known to be odd. true or false.
            """,
            .reload
        ),
    ]

    private static let users: [ConfigurationKey] = [
        ConfigurationKey(
            "accept.user_identity",
            \.accept.userIdentity,
            .choice("policy"),
            """
            Of the user identity of a request (user name, and passcode): any, it is not looked at; optional, one that is \
            there must be right; required, there must be one.
            """,
            .reload
        ),
        ConfigurationKey(
            "accept.user_file",
            \.accept.userFile,
            .optional(.path("file")),
            "The users, a line for each, as dicom-node config passcode makes it. It is read again at every reload.",
            .reload
        ),
    ]

    private static let peers: [ConfigurationKey] = [
        ConfigurationKey(
            "peers",
            structure: \.peers,
            """
            What is known of single peers, by their AE titles: host (addresses and ranges that the title may come from), \
            port and tls (where, and over TLS or not, the first address of host takes associations), \
            tls_subject (of whom its certificate must be: a common name, a whole subject, or DNS:name), may (what it may \
            do: echo, store, commit), limits (associations, object_size). These titles are accepted beside \
            accept.calling_ae_titles.
            """,
            .reload,
            example: [
                "CT1: { host: 192.0.2.7, port: 104, may: [echo, store, commit] }",
                "MR2: { host: [192.0.2.8, 2001:db8::/64], tls_subject: MR2, limits: { associations: 4, object_size: 2GiB } }",
            ]
        )
    ]

    private static let limits: [ConfigurationKey] = [
        ConfigurationKey(
            "limits.associations",
            \.limits.associations,
            .number(in: 1...Int.max),
            "Associations at once.",
            .reload
        ),
        ConfigurationKey(
            "limits.associations_per_host",
            \.limits.associationsPerHost,
            .number(in: 0...Int.max),
            "Associations at once from one address; 0: no limit of its own.",
            .reload
        ),
        ConfigurationKey(
            "limits.associations_per_ae_title",
            \.limits.associationsPerAETitle,
            .number(in: 0...Int.max),
            "Associations at once of one calling AE title; 0: no limit of its own.",
            .reload
        ),
        ConfigurationKey(
            "limits.pdu_length",
            \.limits.pduLength,
            .size(in: 4_096...1 << 30),
            "Maximum length received that we offer, 4KiB to 1GiB.",
            .reload
        ),
        ConfigurationKey(
            "limits.object_size",
            \.limits.objectSize,
            .size(),
            "Largest data set, such as 2GiB; 0: no limit.",
            .reload
        ),
        ConfigurationKey(
            "limits.operations",
            \.limits.operations,
            .number(in: 1...Int(UInt16.max)),
            "Requests outstanding on one association, 1 to 65535.",
            .reload
        ),
    ]

    private static let timeouts: [ConfigurationKey] = [
        ConfigurationKey(
            "timeouts.artim",
            \.timeouts.artim,
            .duration,
            "From the connection to the last byte of the A-ASSOCIATE-RQ; 0: off.",
            .reload
        ),
        ConfigurationKey(
            "timeouts.idle",
            \.timeouts.idle,
            .duration,
            "Silence between messages before we release; 0: off.",
            .reload
        ),
        ConfigurationKey(
            "timeouts.stall",
            \.timeouts.stall,
            .duration,
            """
            Longest without progress (64 KiB or a message's end) within a message, and for a peer that does not read; \
            0: off.
            """,
            .reload
        ),
        ConfigurationKey(
            "timeouts.tls_handshake",
            \.timeouts.tlsHandshake,
            .duration,
            "From the connection to the end of the TLS handshake; timeouts.artim begins behind it. 0: off.",
            .reload
        ),
        ConfigurationKey(
            "timeouts.drain",
            \.timeouts.drain,
            .duration,
            "How long associations may go on after SIGTERM; 0: off. A second SIGTERM aborts them.",
            .reload
        ),
    ]

    private static let tls: [ConfigurationKey] = [
        ConfigurationKey(
            "tls.enabled",
            \.tls.isEnabled,
            .boolean,
            "Accept associations over TLS (BCP 195, PS3.15 Annex B.12), beside those without or alone: true or false.",
            .restart
        ),
        ConfigurationKey(
            "tls.host",
            \.tls.host,
            .optional(.host),
            "Address to listen on for TLS.",
            emptyMeans: "as listen.host",
            .restart
        ),
        ConfigurationKey(
            "tls.port",
            \.tls.port,
            .number(in: 0...65_535, name: "port"),
            "Port to listen on for TLS, 0 to 65535; 0 takes a free one, which the ready line names.",
            .restart
        ),
        ConfigurationKey(
            "tls.certificate",
            \.tls.certificate,
            .optional(.path("file")),
            "The node's certificate, in PEM form, with those between it and its authority behind it.",
            .reload
        ),
        ConfigurationKey(
            "tls.private_key",
            \.tls.privateKey,
            .optional(.path("file")),
            "The private key of the certificate, in PEM form, not encrypted.",
            .reload
        ),
        ConfigurationKey(
            "tls.ca",
            \.tls.authorities,
            .optional(.path("path")),
            "Certificates of the authorities that peers' certificates may come from: a file in PEM form, or a folder.",
            .reload
        ),
        ConfigurationKey(
            "tls.require_client_certificate",
            \.tls.requiresClientCertificate,
            .boolean,
            "Refuse peers without a certificate of these authorities: true or false.",
            .reload
        ),
    ]

    private static let logging: [ConfigurationKey] = [
        ConfigurationKey(
            "logging.level",
            \.logging.level,
            .choice("level"),
            "Least severe level that is logged: trace, debug, info, notice, warning, error or critical.",
            .reload,
            shortOption: "log-level"
        ),
        ConfigurationKey(
            "logging.format",
            \.logging.format,
            .choice("format"),
            "Format of log lines: text or json.",
            .restart
        ),
    ]
}
