import Associations
import Glibc
import NIOSSL

/// TLS of the acceptor: the certificate that the node shows, and what it asks of those who connect.
///
/// A member of the settings' snapshot: a reload replaces it, connections that exist keep theirs.
package struct AcceptorTLS: Sendable {
    let context: NIOSSLContext
    /// What an operator should know, though all works.
    package let remarks: [TLSRemark]

    /// Reads the files; blocks while it does.
    ///
    /// - Parameter now: Seconds since 1970, for what expires.
    ///
    /// *Errors*: every fault of every file.
    package init(_ settings: TLSSettings, now: Int = time(nil)) throws(TLSFaults) {
        let credentials = try TLSCredentials(settings, as: .acceptor, now: now)
        guard let privateKey = credentials.privateKey else { throw TLSFaults([.noPrivateKey]) }
        remarks = credentials.remarks
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: credentials.chain.map { .certificate($0) },
            privateKey: .privateKey(privateKey)
        )
        TLSProfile.apply(to: &configuration)
        if let authorities = credentials.authorities {
            configuration.trustRoots = .certificates(authorities)
            configuration.certificateVerification =
                settings.requiresClientCertificate ? .noHostnameVerification : .optionalVerification
            // A requestor with several certificates chooses by it.
            configuration.sendCANameList = true
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSFaults([TLSFault(.certificate, settings.certificate ?? "", "TLS cannot use it: \(error)")])
        }
    }
}
