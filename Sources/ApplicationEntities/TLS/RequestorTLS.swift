import Associations
import Glibc
import NIOCore
import NIOSSL

/// TLS of a requestor: whom it believes, and the certificate that it shows if it is asked for one.
package struct RequestorTLS: Sendable {
    /// What is verified of the peer's certificate, besides its dates.
    package enum Verification: Sendable {
        /// That an authority we know has issued it, for the host that is called.
        case hostAndChain
        /// That an authority we know has issued it, for whatever host.
        case chain
    }

    let context: NIOSSLContext
    private let verification: Verification
    /// The name that the peer's certificate must have, if it is not the host that is called.
    let serverName: String?
    /// What an operator should know, though all works.
    package let remarks: [TLSRemark]

    /// Reads the files; blocks while it does.
    ///
    /// - Parameters:
    ///   - serverName: The name that the peer's certificate must have, where it is called by another name or an
    ///     address.
    ///   - now: Seconds since 1970, for what expires.
    ///
    /// *Errors*: every fault of every file.
    package init(
        _ settings: TLSSettings,
        serverName: String? = nil,
        verification: Verification = .hostAndChain,
        now: Int = time(nil)
    ) throws(TLSFaults) {
        let credentials = try TLSCredentials(settings, as: .requestor, now: now)
        if let serverName, Self.hostName(serverName) == nil {
            throw TLSFaults([
                TLSFault(.serverName, "", "'\(serverName)' is no host name; give the name in the peer's certificate")
            ])
        }
        self.serverName = serverName
        self.verification = verification
        remarks = credentials.remarks
        var configuration = TLSConfiguration.makeClientConfiguration()
        TLSProfile.apply(to: &configuration)
        configuration.certificateVerification = verification == .chain ? .noHostnameVerification : .fullVerification
        configuration.certificateChain = credentials.chain.map { .certificate($0) }
        configuration.privateKey = credentials.privateKey.map { .privateKey($0) }
        if let authorities = credentials.authorities { configuration.trustRoots = .certificates(authorities) }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSFaults([TLSFault(.certificate, settings.certificate ?? "", "TLS cannot use it: \(error)")])
        }
    }

    /// The handler for a connection to this host.
    func handler(for host: String) throws -> NIOSSLClientHandler {
        // An address is no server name (RFC 6066 §3): it is looked for among the addresses of the certificate.
        try NIOSSLClientHandler(context: context, serverHostname: serverName ?? Self.hostName(host))
    }

    /// Whether a certificate that TLS has verified is for the name that was called.
    ///
    /// TLS is content with the address at which the name was found, too, and who answers for names could then send us
    /// to any holder of a certificate.
    func verify(_ certificate: PeerCertificate?, for host: String) throws(TLSFailure) {
        guard verification == .hostAndChain, let name = serverName ?? Self.hostName(host), let certificate else {
            return
        }
        let names = certificate.alternativeNames
        // Without any, TLS has compared the common name.
        guard names.contains(where: { $0.hasPrefix("DNS:") || $0.hasPrefix("IP:") }) else { return }
        guard names.contains(where: { $0.hasPrefix("DNS:") && Self.matches($0.dropFirst(4), name) }) else {
            throw .wrongHost(certificate)
        }
    }

    /// RFC 9525 §6.3: without regard to case, and an asterisk stands for the whole of the first label.
    private static func matches(_ pattern: Substring, _ name: String) -> Bool {
        let (pattern, name) = (pattern.lowercased(), name.lowercased())
        guard pattern.hasPrefix("*.") else { return pattern == name }
        let rest = name.drop { $0 != "." }
        return !rest.isEmpty && rest.count < name.count && rest == pattern.dropFirst()
    }

    /// The host, if it is a name.
    private static func hostName(_ host: String) -> String? {
        if (try? SocketAddress(ipAddress: host, port: 0)) != nil { return nil }
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        let isName =
            (1...255).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        return isName ? name : nil
    }
}
