/// What an operator says about TLS, of the node or of `echo` and `send`: names of files, which ``AcceptorTLS`` and
/// ``RequestorTLS`` read.
package struct TLSSettings: Equatable, Sendable {
    /// Our certificate and those of the authorities between it and a root, PEM, ours first.
    package var certificate: String?
    /// Its private key, PEM, not encrypted.
    package var privateKey: String?
    /// The certificates of the authorities whose word is taken for peers: a PEM file, or a folder of them.
    package var authorities: String?
    /// A requestor without a certificate of these authorities is refused. Otherwise it may come without one; one that
    /// it shows is verified all the same.
    package var requiresClientCertificate: Bool

    /// As an operator has set it; nothing is read yet.
    package init(
        certificate: String? = nil,
        privateKey: String? = nil,
        authorities: String? = nil,
        requiresClientCertificate: Bool = false
    ) {
        self.certificate = certificate
        self.privateKey = privateKey
        self.authorities = authorities
        self.requiresClientCertificate = requiresClientCertificate
    }
}
