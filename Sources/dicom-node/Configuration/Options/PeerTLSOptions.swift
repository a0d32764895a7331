import ApplicationEntities
import ArgumentParser
import SystemPackage

/// TLS of `echo` and `send`.
struct PeerTLSOptions: ParsableArguments {
    @Flag(name: .customLong("tls"), help: "Speak TLS (BCP 195, PS3.15 Annex B.12): the peer's TLS port, often 2762.")
    var isEnabled = false

    @Option(
        name: .customLong("tls-ca"),
        help: .setting(
            "Certificates of the authorities that the peer's may come from: a PEM file, or a folder of them.",
            default: "those of this machine",
            valueName: "path"
        )
    )
    var authorities: PathValue?

    @Option(
        name: .customLong("tls-certificate"),
        help: ArgumentHelp(
            "Our certificate, if the peer asks for one: a PEM file, with those between it and its authority behind it.",
            valueName: "path"
        )
    )
    var certificate: PathValue?

    @Option(
        name: .customLong("tls-private-key"),
        help: ArgumentHelp("The private key of our certificate: a PEM file, not encrypted.", valueName: "path")
    )
    var privateKey: PathValue?

    @Option(
        name: .customLong("tls-server-name"),
        help: .setting(
            "The name that the peer's certificate must have.",
            default: "the host that is called",
            valueName: "name"
        )
    )
    var serverName: String?

    @Flag(
        name: .customLong("tls-any-host"),
        help: "Take the peer's certificate whatever host it was issued for. Its authority is still verified."
    )
    var takesAnyHost = false

    func validate() throws {
        guard !isEnabled else { return }
        let given = [
            ("--tls-ca", authorities != nil), ("--tls-certificate", certificate != nil),
            ("--tls-private-key", privateKey != nil), ("--tls-server-name", serverName != nil),
            ("--tls-any-host", takesAnyHost),
        ].filter(\.1).map(\.0)
        guard let first = given.first else { return }
        throw ValidationError("\(first) means nothing without --tls: give --tls too, or leave it out.")
    }

    /// The files, read; nil without `--tls`.
    ///
    /// *Errors*: `TLSFaults`.
    func load() throws(TLSFaults) -> RequestorTLS? {
        guard isEnabled else { return nil }
        return try RequestorTLS(
            TLSSettings(
                certificate: certificate?.path.string,
                privateKey: privateKey?.path.string,
                authorities: authorities?.path.string
            ),
            serverName: serverName,
            verification: takesAnyHost ? .chain : .hostAndChain
        )
    }
}
