import NIOCore
import NIOSSL

/// What is negotiated, whichever side asks: the BCP 195 RFC 8996, 9325 TLS Secure Transport Connection Profile
/// (PS3.15 Annex B.12), which never falls back to less.
///
/// It has no setting, because each one could only weaken it.
enum TLSProfile {
    /// TLS 1.2 suites in the order of preference: those that RFC 9325 §4.2 recommends, and the same key exchange with
    /// ChaCha20-Poly1305, which is faster where the processor has no AES. TLS 1.3 has its own three.
    static let cipherSuites: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]

    /// SHA-256 or more: NIOSSL's own list still has SHA-1 (RFC 9155).
    static let signatureAlgorithms: [SignatureAlgorithm] = [
        .ecdsaSecp256R1Sha256, .rsaPssRsaeSha256, .rsaPkcs1Sha256, .ed25519,
        .ecdsaSecp384R1Sha384, .rsaPssRsaeSha384, .rsaPkcs1Sha384,
        .ecdsaSecp521R1Sha512, .rsaPssRsaeSha512, .rsaPkcs1Sha512,
    ]

    /// A configuration that has all of the above.
    static func apply(to configuration: inout TLSConfiguration) {
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = cipherSuites
        configuration.verifySignatureAlgorithms = signatureAlgorithms
        configuration.renegotiationSupport = .none
        // The upper layer has waited for the peer when it closes (Sta13): TLS need not wait again.
        configuration.shutdownTimeout = .zero
    }
}
