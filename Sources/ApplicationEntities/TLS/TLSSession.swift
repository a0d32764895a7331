/// What a complete handshake has made, for access rules and the log.
package struct TLSSession: Equatable, Sendable {
    /// `1.2` or `1.3`.
    package var version: String
    /// The peer's, if it has shown one.
    package var certificate: PeerCertificate?

    /// A session of this version with this peer.
    package init(version: String, certificate: PeerCertificate? = nil) {
        self.version = version
        self.certificate = certificate
    }
}
