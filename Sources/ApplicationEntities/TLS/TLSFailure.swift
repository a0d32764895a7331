import Associations
import Glibc
import NIOCore
import NIOSSL

/// Why a TLS session was not made or was broken off: what is wrong, and what to do.
package struct TLSFailure: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    /// The handshake is not complete, though its time is.
    static func late(_ time: TimeAmount) -> TLSFailure {
        TLSFailure("the TLS handshake is not complete after \(time.nanoseconds / 1_000_000) ms")
    }

    /// - Parameters:
    ///   - role: Ours.
    ///   - certificate: The peer's, if it has shown one.
    ///   - now: Seconds since 1970.
    init(_ error: any Error, role: Role, certificate: NIOSSLCertificate?, now: Int) {
        description =
            switch error {
            case NIOSSLError.handshakeFailed(let reason): Self.words(reason, role, certificate, now)
            case let reason as BoringSSLError: Self.words(reason, role, certificate, now)
            case let error as NIOSSLExtraError where error == .failedToValidateHostname: Self.wrongHost(certificate)
            case NIOSSLError.unableToValidateCertificate: Self.wrongHost(certificate)
            case let error as IOError where error.errnoCode == ECONNRESET: Self.closed(role)
            case let error as IOError: String(cString: strerror(error.errnoCode))
            case ChannelError.ioOnClosedChannel: Self.closed(role)
            default: "\(error)"
            }
    }

    private static func words(
        _ error: BoringSSLError,
        _ role: Role,
        _ certificate: NIOSSLCertificate?,
        _ now: Int
    ) -> String {
        guard case .sslError(let stack) = error, !stack.isEmpty, !stack.contains(.eofDuringHandshake) else {
            return closed(role)
        }
        let names = stack.map { name($0.description) }
        return names.lazy.compactMap { words($0, role, certificate, now) }.first ?? names.joined(separator: ", ")
    }

    /// The library's word for an error: it stands behind `OPENSSL_internal:`.
    private static func name(_ text: String) -> String {
        guard let mark = text.firstRange(of: "OPENSSL_internal:") else { return text }
        return String(text[mark.upperBound...].prefix { $0 != " " })
    }

    private static func words(
        _ name: String,
        _ role: Role,
        _ certificate: NIOSSLCertificate?,
        _ now: Int
    ) -> String? {
        switch name {
        case "WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST": plain(role)
        case "CERTIFICATE_VERIFY_FAILED": unverified(certificate, now)
        case "PEER_DID_NOT_RETURN_A_CERTIFICATE":
            "the peer has shown no certificate, and one is required: give it one of its own"
        case "UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION":
            "the peer has no TLS version that we have: it needs TLS 1.2 or 1.3"
        case "NO_SHARED_CIPHER", "NO_SHARED_GROUP", "WRONG_CURVE", "SSLV3_ALERT_HANDSHAKE_FAILURE",
            "HANDSHAKE_FAILURE_ON_CLIENT_HELLO",
            "TLSV1_ALERT_INSUFFICIENT_SECURITY":
            "the peer has no cipher suite that we have: it needs ECDHE on P-256 or X25519 with AES-GCM "
                + "(PS3.15 Annex B.12), and a signature algorithm for the certificate it is shown"
        case "NO_COMMON_SIGNATURE_ALGORITHMS": "the peer has no signature algorithm that fits our certificate"
        case "TLSV1_ALERT_UNKNOWN_CA":
            "the peer does not know the authority of our certificate: give it the authority's certificate"
        case "SSLV3_ALERT_CERTIFICATE_EXPIRED":
            "the peer finds our certificate expired: renew it, or look at the peer's clock"
        case "TLSV1_ALERT_CERTIFICATE_REQUIRED": "the peer requires a certificate of ours, and none is set"
        case "SSLV3_ALERT_BAD_CERTIFICATE", "SSLV3_ALERT_CERTIFICATE_UNKNOWN", "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
            "SSLV3_ALERT_CERTIFICATE_REVOKED", "TLSV1_ALERT_ACCESS_DENIED":
            "the peer refuses our certificate: its log says why"
        case "NO_RENEGOTIATION": "the peer asked for renegotiation, which TLS here does not do"
        case "DECRYPTION_FAILED_OR_BAD_RECORD_MAC": "bytes were changed on their way"
        default: nil
        }
    }

    private static func plain(_ role: Role) -> String {
        switch role {
        case .acceptor: "the peer does not speak TLS, and this port is for TLS: plain DICOM has another port"
        case .requestor: "the peer does not speak TLS on this port: call its TLS port, or leave TLS out"
        }
    }

    private static func closed(_ role: Role) -> String {
        switch role {
        case .acceptor: "the peer closed the connection during the TLS handshake"
        case .requestor:
            "the peer closed the connection during the TLS handshake: perhaps it does not speak TLS on this port"
        }
    }

    private static func unverified(_ certificate: NIOSSLCertificate?, _ now: Int) -> String {
        guard let certificate else { return "the peer's certificate cannot be verified" }
        let subject = PeerCertificate.text(certificate.subjectName)
        let name = "the peer's certificate (\(subject))"
        if now > certificate.notValidAfter {
            return "\(name) expired on \(TLSRemark.date(certificate.notValidAfter)): the peer needs a new one"
        }
        if now < certificate.notValidBefore {
            return "\(name) is valid from \(TLSRemark.date(certificate.notValidBefore)) on: look at both clocks"
        }
        let issuer = PeerCertificate.text(certificate.issuerName)
        if issuer == subject {
            return "\(name) is signed by itself, and is not among our authorities: "
                + "add it to them if it is the right one"
        }
        return "\(name) cannot be traced to an authority of ours: add the certificate of its issuer (\(issuer)), "
            + "or have the peer send those between"
    }

    private static func wrongHost(_ certificate: NIOSSLCertificate?) -> String {
        wrongHost(certificate.map { PeerCertificate($0) }).description
    }

    /// The certificate is for other hosts.
    static func wrongHost(_ certificate: PeerCertificate?) -> TLSFailure {
        let names = certificate?.alternativeNames ?? []
        return TLSFailure(
            "the peer's certificate is for \(names.isEmpty ? "no host" : names.joined(separator: ", ")), "
                + "not for the host that was called: call it by a name of its certificate, or say which name it has"
        )
    }
}
