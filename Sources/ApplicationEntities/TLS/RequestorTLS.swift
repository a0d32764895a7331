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
