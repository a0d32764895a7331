import NIOCore
import NIOSSL

/// What a peer's certificate says of it, for access rules and the log. TLS has verified it: an authority of ours issued
/// it.
package struct PeerCertificate: Equatable, Sendable {
    /// The distinguished name as RFC 4514 writes it, the most particular part first: `CN=CT1,OU=Radiology,O=Hospital`.
    package var subject: String
    /// Of the subject.
    package var commonName: String?
    /// Subject alternative names: `DNS:ct1.example.org`, `IP:192.0.2.7`, `URI:…`, `email:…`.
    package var alternativeNames: [String]

    /// A certificate with these names.
    package init(subject: String, commonName: String? = nil, alternativeNames: [String] = []) {
        self.subject = subject
        self.commonName = commonName
        self.alternativeNames = alternativeNames
    }
}

extension PeerCertificate {
    init(_ certificate: NIOSSLCertificate) {
        let names = certificate.subjectName
        subject = Self.text(names)
        commonName = names.last { $0.type == .commonName }?.value
        alternativeNames = certificate._subjectAlternativeNames().compactMap { name in
            switch name.nameType {
            case .dnsName: "DNS:\(String(decoding: name.contents, as: UTF8.self))"
            case .uri: "URI:\(String(decoding: name.contents, as: UTF8.self))"
            case .email: "email:\(String(decoding: name.contents, as: UTF8.self))"
            case .ipAddress: Self.address(name.contents).map { "IP:\($0)" }
            default: nil
            }
        }
    }

    private static func address(_ bytes: some Sequence<UInt8>) -> String? {
        (try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0))?.ipAddress
    }

    /// A distinguished name as RFC 4514 writes it.
    static func text(_ names: [SSLCertificateName]) -> String {
        names.reversed().map { "\(keyword($0.type))=\(escaped($0.value))" }.joined(separator: ",")
    }

    private static func keyword(_ type: SSLCertificateNameType) -> String {
        switch type {
        case .commonName: "CN"
        case .organizationalUnit: "OU"
        case .organization: "O"
        case .city: "L"
        case .state: "ST"
        case .country: "C"
        case .userId: "UID"
        case .emailAddress: "emailAddress"
        // Its number is not known here; a name must not become another one's by its being left out.
        default: "OTHER"
        }
    }

    /// RFC 4514 §2.4: no value can look like two.
    private static func escaped(_ value: String) -> String {
        var text = ""
        for (index, scalar) in value.unicodeScalars.enumerated() {
            let isAtEnd = index == 0 || index == value.unicodeScalars.count - 1
            switch scalar {
            case ",", "+", "\"", "\\", "<", ">", ";", "=": text += "\\"
            case "#" where index == 0, " " where isAtEnd: text += "\\"
            default: break
            }
            text.unicodeScalars.append(scalar)
        }
        return text
    }
}
