/// DCMTK's receivers.
extension Catalogue {
    static func dcmtk() -> [ServerSetting] {
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
}
