/// Whether a server answers success before or after the object is on stable storage.
enum Durability: String, Codable, Sendable { case never, always }

/// A server with its settings, as it is run beside others.
struct ServerSetting: Sendable {
    enum Kind: String, Codable, Sendable { case node, limit, peer }

    /// Short name, unique.
    let name: String
    /// For the tables.
    let title: String
    let kind: Kind
    var durability = Durability.never
    /// The most associations it is given; more make it fail or take hours.
    var associationsLimit = Int.max
    /// The most objects it is given in a run.
    var objectsLimit = Int.max
    /// The raw-socket limit, for its own sender.
    var limitMode: LimitMode?
    /// Variables it is started with.
    var environment: [String: String] = [:]
    /// The command with which an archive is filled before a run, where it is quicker than the server's own; nil: its own.
    var fillCommand: (@Sendable (_ port: Int, _ folder: String) throws -> [String])?
    /// The command for a port and a folder; it may write files into the folder first.
    let command: @Sendable (_ port: Int, _ folder: String) throws -> [String]
}

/// What can be measured on this machine: our node, the limits, and the peers that are installed.
enum Catalogue {
    /// TCP_NODELAY as dcmtk and Orthanc take it.
    private static let withoutNagle = ["TCP_NODELAY": "1"]

    /// - Parameters:
    ///   - node: the path of our binary; without it the comparison runs without us.
    ///   - bench: the path of this program, which serves the limits.
    static func all(node: String?, bench: String) -> [ServerSetting] {
        (node.map { ours($0) } ?? []) + limits(bench) + dcmtk() + orthanc() + pynetdicom()
    }

    private static func ours(_ path: String) -> [ServerSetting] {
        @Sendable func command(_ port: Int, _ folder: String, _ durability: Durability) -> [String] {
            [
                path, "serve", "--host", "127.0.0.1", "--port", "\(port)", "--archive", folder + "/archive",
                "--archive-sync", durability.rawValue, "--log-level", "warning", "--limits-associations", "10000",
            ]
        }
        return [Durability.never, .always].map { durability in
            ServerSetting(
                name: "node-\(durability)",
                title: "dicom-node, sync: \(durability)",
                kind: .node,
                durability: durability,
                environment: ["DICOM_NODE_HTTP_ENABLED": "false"],
                fillCommand: { command($0, $1, .never) },
                command: { command($0, $1, durability) }
            )
        }
    }

    private static func limits(_ bench: String) -> [ServerSetting] {
        let titles: [LimitMode: String] = [
            .discard: "limit: TCP → nothing", .file: "limit: TCP → file", .fdatasync: "limit: … + fdatasync",
            .directory: "limit: … + directory fsync",
        ]
        return LimitMode.allCases.map { mode in
            ServerSetting(
                name: "limit-\(mode)",
                title: titles[mode] ?? mode.rawValue,
                kind: .limit,
                durability: mode == .directory ? .always : .never,
                limitMode: mode
            ) { port, folder in
                [bench, "limit", "serve", "--port", "\(port)", "--mode", mode.rawValue, folder]
            }
        }
    }

    private static func dcmtk() -> [ServerSetting] {
        var found: [ServerSetting] = []
        if let path = installed("storescp") {
            found.append(
                ServerSetting(
                    name: "storescp",
                    title: "storescp, default",
                    kind: .peer,
                    associationsLimit: 4,
                    objectsLimit: 100
                ) { port, folder in [path, "-q", "+xa", "-od", folder, "\(port)"] }
            )
            found.append(
                ServerSetting(
                    name: "storescp-nodelay",
                    title: "storescp, TCP_NODELAY",
                    kind: .peer,
                    objectsLimit: 2_500,
                    environment: withoutNagle
                ) { port, folder in [path, "-q", "+xa", "-od", folder, "\(port)"] }
            )
            found.append(
                ServerSetting(
                    name: "storescp-best",
                    title: "storescp --fork +B, 128 KiB PDUs",
                    kind: .peer,
                    environment: withoutNagle
                ) { port, folder in
                    [path, "-q", "+xa", "--fork", "+B", "--max-pdu", "131072", "-od", folder, "\(port)"]
                }
            )
        }
        if let path = installed("storescp"), let openssl = installed("openssl") {
            found.append(
                ServerSetting(
                    name: "storescp-tls",
                    title: "storescp --fork +B +tls, 128 KiB PDUs",
                    kind: .peer,
                    environment: withoutNagle
                ) { port, folder in
                    let (key, certificate) = (folder + ".key", folder + ".pem")
                    let request = "req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2"
                    let made = [openssl] + request.split(separator: " ").map(String.init)
                    guard succeeds(made + ["-keyout", key, "-out", certificate]) else {
                        throw BenchError.unusable("openssl makes no certificate")
                    }
                    return [
                        path, "-q", "+xa", "--fork", "+B", "--max-pdu", "131072", "+tls", key, certificate, "-ic",
                        "-od", folder, "\(port)",
                    ]
                }
            )
        }
        if let path = installed("dcmrecv") {
            found.append(
                ServerSetting(
                    name: "dcmrecv",
                    title: "dcmrecv +B, 128 KiB PDUs",
                    kind: .peer,
                    environment: withoutNagle
                ) { port, folder in
                    // Without a profile it takes C-ECHO only.
                    let profile = """
                        [[TransferSyntaxes]]
                        [Any]
                        TransferSyntax1 = LocalEndianExplicit
                        TransferSyntax2 = LittleEndianImplicit
                        TransferSyntax3 = JPEGBaseline
                        [[PresentationContexts]]
                        [Storage]
                        PresentationContext1 = VerificationSOPClass\\Any
                        PresentationContext2 = CTImageStorage\\Any
                        PresentationContext3 = EnhancedCTImageStorage\\Any
                        PresentationContext4 = ComputedRadiographyImageStorage\\Any
                        PresentationContext5 = ComprehensiveSRStorage\\Any
                        PresentationContext6 = SecondaryCaptureImageStorage\\Any
                        [[Profiles]]
                        [Default]
                        PresentationContexts = Storage

                        """
                    let file = folder + ".cfg"
                    try write(Array(profile.utf8), to: file)
                    return [
                        path, "-q", "+B", "--max-pdu", "131072", "-xf", file, "Default", "-od", folder, "\(port)",
                    ]
                }
            )
        }
        if let path = installed("dcmqrscp") {
            found.append(
                ServerSetting(
                    name: "dcmqrscp",
                    title: "dcmqrscp +B",
                    kind: .peer,
                    associationsLimit: 1,
                    objectsLimit: 300,
                    environment: withoutNagle
                ) { port, folder in
                    let configuration = """
                        NetworkTCPPort = \(port)
                        MaxPDUSize = 131072
                        MaxAssociations = 64
                        HostTable BEGIN
                        HostTable END
                        VendorTable BEGIN
                        VendorTable END
                        AETable BEGIN
                        ANY-SCP \(folder) RW (100000, 100gb) ANY
                        AETable END

                        """
                    let file = folder + ".cfg"
                    try write(Array(configuration.utf8), to: file)
                    return [path, "-q", "+xy", "+B", "-c", file, "\(port)"]
                }
            )
        }
        return found
    }

    private static func orthanc() -> [ServerSetting] {
        guard let path = installed("Orthanc") else { return [] }
        let tuned =
            #","SyncStorageArea":false,"StoreMD5ForAttachments":false,"MaximumPduLength":131072,"#
            + #""DicomThreadsCount":16,"MaximumStorageCacheSize":0,"SaveJobs":false,"MetricsEnabled":false"#
        return [("orthanc", "Orthanc, default", ""), ("orthanc-tuned", "Orthanc tuned, no sync", tuned)].map {
            name,
            title,
            extra in
            ServerSetting(
                name: name,
                title: title,
                kind: .peer,
                durability: extra.isEmpty ? .always : .never,
                objectsLimit: extra.isEmpty ? 200 : 600,
                environment: extra.isEmpty ? [:] : withoutNagle
            ) { port, folder in
                let text =
                    #"{"StorageDirectory":"\#(folder)","IndexDirectory":"\#(folder)","DicomPort":\#(port),"#
                    + #""HttpPort":\#(try freePort()),"RemoteAccessAllowed":false,"Plugins":[]\#(extra)}"#
                let file = folder + ".json"
                try write(Array(text.utf8), to: file)
                return [path, file]
            }
        }
    }

    private static func pynetdicom() -> [ServerSetting] {
        guard let python = installed("python3"), succeeds([python, "-c", "import pynetdicom"]) else { return [] }
        let raw = """
            import os, sys
            from pynetdicom import AE, evt, AllStoragePresentationContexts, ALL_TRANSFER_SYNTAXES
            def store(event):
                path = os.path.join(sys.argv[2], event.request.AffectedSOPInstanceUID)
                with open(path, "wb") as file:
                    file.write(event.encoded_dataset())
                return 0
            ae = AE()
            for context in AllStoragePresentationContexts:
                ae.add_supported_context(context.abstract_syntax, ALL_TRANSFER_SYNTAXES)
            ae.add_supported_context("1.2.840.10008.1.1")
            ae.maximum_pdu_size = 131072
            ae.maximum_associations = 100
            ae.start_server(("127.0.0.1", int(sys.argv[1])), evt_handlers=[(evt.EVT_C_STORE, store)])
            """
        return [
            ServerSetting(
                name: "pynetdicom",
                title: "pynetdicom storescp",
                kind: .peer,
                associationsLimit: 4,
                objectsLimit: 300
            ) { port, folder in [python, "-m", "pynetdicom", "storescp", "\(port)", "-q", "-od", folder] },
            ServerSetting(
                name: "pynetdicom-raw",
                title: "pynetdicom, bytes as received",
                kind: .peer,
                associationsLimit: 16,
                objectsLimit: 300
            ) { port, folder in [python, "-c", raw, "\(port)", folder] },
        ]
    }
}
