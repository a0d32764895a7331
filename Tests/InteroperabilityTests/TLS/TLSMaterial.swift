import TestSupport

/// The certificates of these tests, made once: an authority, the node's certificates and a modality's.
struct TLSMaterial: Sendable {
    let authority: TestAuthority
    let node: TestAuthority.Issued
    /// The same with an RSA key.
    let rsa: TestAuthority.Issued
    let modality: TestAuthority.Issued

    private static let made = Result {
        let authority = try TestAuthority()
        return TLSMaterial(
            authority: authority,
            node: try authority.issue("archive"),
            rsa: try authority.issue("archive", key: .rsa),
            modality: try authority.issue("CT1", key: .rsa)
        )
    }

    static func get() throws -> TLSMaterial { try made.get() }

    /// `serve` with TLS on a port that the system chooses.
    func serve(
        _ own: TestAuthority.Issued? = nil,
        requiresClientCertificate: Bool = false,
        plainToo: Bool = false
    ) -> [String] {
        let own = own ?? node
        var options = [
            "--tls-enabled", "true", "--tls-host", "127.0.0.1", "--tls-port", "0",
            "--tls-certificate", own.certificate, "--tls-private-key", own.privateKey,
        ]
        if !plainToo { options += ["--listen-enabled", "false"] }
        if requiresClientCertificate {
            options += ["--tls-ca", authority.certificate, "--tls-require-client-certificate", "true"]
        }
        return options
    }

    /// `echo` and `send`, believing the authority and with the modality's certificate.
    var command: [String] {
        [
            "--tls", "--tls-ca", authority.certificate, "--tls-certificate", modality.certificate,
            "--tls-private-key", modality.privateKey,
        ]
    }

    /// DCMTK's programs, in the same way.
    var dcmtk: [String] { ["+tls", modality.privateKey, modality.certificate, "+cf", authority.certificate] }

    /// Variables for pynetdicom's scripts, before their command.
    func pynetdicom(_ own: TestAuthority.Issued? = nil) -> [String] {
        let own = own ?? modality
        return [
            "TLS_CA=" + authority.certificate, "TLS_CERTIFICATE=" + own.certificate, "TLS_KEY=" + own.privateKey,
            python,
        ]
    }
}
