import TestSupport

@testable import ApplicationEntities

/// Certificates that many tests use, made once.
struct TLSIdentities: Sendable {
    let authority: TestAuthority
    let stranger: TestAuthority
    let node: TestAuthority.Issued
    let requestor: TestAuthority.Issued

    private static let made = Result {
        let authority = try TestAuthority()
        return TLSIdentities(
            authority: authority,
            stranger: try TestAuthority("Another Hospital"),
            node: try authority.issue("node"),
            requestor: try authority.issue("CT1", alternatives: ["DNS:ct1.example.org"])
        )
    }

    static func get() throws -> TLSIdentities { try made.get() }

    /// A node with this certificate, or the usual one.
    func acceptor(_ own: TestAuthority.Issued? = nil, requiresClientCertificate: Bool = false) throws -> AcceptorTLS {
        let own = own ?? node
        return try AcceptorTLS(
            TLSSettings(
                certificate: own.certificate,
                privateKey: own.privateKey,
                authorities: requiresClientCertificate ? authority.certificate : nil,
                requiresClientCertificate: requiresClientCertificate
            )
        )
    }

    /// A requestor with this certificate, or none, that believes this authority, or the usual one.
    func requestor(
        _ own: TestAuthority.Issued? = nil,
        believing other: TestAuthority? = nil,
        serverName: String? = nil,
        verification: RequestorTLS.Verification = .hostAndChain
    ) throws -> RequestorTLS {
        try RequestorTLS(
            TLSSettings(
                certificate: own?.certificate,
                privateKey: own?.privateKey,
                authorities: (other ?? authority).certificate
            ),
            serverName: serverName,
            verification: verification
        )
    }
}
