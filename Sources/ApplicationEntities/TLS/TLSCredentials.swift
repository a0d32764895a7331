import Associations
import NIOSSL

/// What the files of ``TLSSettings`` hold.
struct TLSCredentials {
    private(set) var chain: [NIOSSLCertificate] = []
    private(set) var privateKey: NIOSSLPrivateKey?
    /// nil: the authorities that the machine trusts.
    private(set) var authorities: [NIOSSLCertificate]?
    private(set) var remarks: [TLSRemark] = []
    private var faults: [TLSFault] = []

    /// Reads every file that the settings name.
    ///
    /// - Parameters:
    ///   - role: An acceptor shows a certificate, a requestor need not.
    ///   - now: Seconds since 1970, for what expires.
    ///
    /// *Errors*: every fault at once.
    init(_ settings: TLSSettings, as role: Role, now: Int) throws(TLSFaults) {
        checkSettings(settings, role)
        if let path = settings.certificate { readChain(path, now: now) }
        if let path = settings.privateKey { readPrivateKey(path) }
        if let path = settings.authorities { readAuthorities(path) }
        if faults.isEmpty { checkPair(settings) }
        guard faults.isEmpty else { throw TLSFaults(faults) }
    }

    private mutating func checkSettings(_ settings: TLSSettings, _ role: Role) {
        if settings.certificate == nil, role == .acceptor || settings.privateKey != nil {
            faults.append(.noCertificate)
        }
        if settings.privateKey == nil, role == .acceptor || settings.certificate != nil {
            faults.append(.noPrivateKey)
        }
        if settings.requiresClientCertificate, settings.authorities == nil {
            faults.append(.noAuthorities)
        }
    }

    private mutating func readChain(_ path: String, now: Int) {
        guard let certificates = certificates(.certificate, path), let own = certificates.first else { return }
        chain = certificates
        if let remark = TLSRemark.expiry(of: own, path, now: now) { remarks.append(remark) }
    }

    private mutating func readPrivateKey(_ path: String) {
        guard let file = file(.privateKey, path) else { return }
        let text = file.text
        if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
            faults.append(
                TLSFault(
                    .privateKey,
                    path,
                    "the private key is encrypted, and a service has nobody to ask for its passphrase; "
                        + "write it without one (openssl pkey -in OLD -out NEW) into a file of mode 600"
                )
            )
            return
        }
        do {
            privateKey = try NIOSSLPrivateKey(bytes: file.bytes, format: .pem)
        } catch {
            faults.append(
                TLSFault(.privateKey, path, "it holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)")
            )
            return
        }
        if file.isReadableByAll { remarks.append(.readableByAll(path)) }
    }

    private mutating func readAuthorities(_ path: String) {
        do {
            guard let files = try TLSFile.files(in: path) else {
                authorities = certificates(.authorities, path)
                return
            }
            // Others than certificates may lie there, and the same one under two names.
            var all: [NIOSSLCertificate] = []
            var known: Set<NIOSSLCertificate> = []
            for file in files {
                guard let read = try? TLSFile.read(file), read.text.contains(Self.certificateMark) else { continue }
                all += (certificates(.authorities, file) ?? []).filter { known.insert($0).inserted }
            }
            authorities = all
            if all.isEmpty, faults.isEmpty {
                faults.append(TLSFault(.authorities, path, "no file of this folder holds a certificate in PEM form"))
            }
        } catch {
            faults.append(TLSFault(.authorities, path, error.reason))
        }
    }

    private static let certificateMark = "-----BEGIN CERTIFICATE-----"

    private mutating func certificates(_ setting: TLSFault.Setting, _ path: String) -> [NIOSSLCertificate]? {
        guard let file = file(setting, path) else { return nil }
        guard file.text.contains(Self.certificateMark) else {
            faults.append(TLSFault(setting, path, "it holds no certificate in PEM form (\(Self.certificateMark))"))
            return nil
        }
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(file.bytes) else {
            faults.append(
                TLSFault(
                    setting,
                    path,
                    "a certificate in it is damaged; `openssl x509 -in FILE -text` shows what it is"
                )
            )
            return nil
        }
        return certificates
    }

    private mutating func file(_ setting: TLSFault.Setting, _ path: String) -> TLSFile? {
        do {
            return try TLSFile.read(path)
        } catch {
            faults.append(TLSFault(setting, path, error.reason))
            return nil
        }
    }

    /// Whether certificate and key belong together is known only to TLS itself.
    private mutating func checkPair(_ settings: TLSSettings) {
        guard let privateKey, let own = chain.first else { return }
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(own)],
            privateKey: .privateKey(privateKey)
        )
        guard (try? NIOSSLContext(configuration: configuration)) == nil else { return }
        faults.append(
            TLSFault(
                .privateKey,
                settings.privateKey ?? "",
                "it is not the key of the first certificate in \(settings.certificate ?? ""); "
                    + "a file of several certificates begins with the node's own"
            )
        )
    }
}
