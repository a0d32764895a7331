import Foundation
import Synchronization

/// A certification authority of a test's own, made with OpenSSL's command: a root, and what it issues.
package final class TestAuthority: Sendable {
    /// A certificate and its key, each in a file.
    package struct Issued: Sendable {
        /// PEM, with nothing behind it.
        package let certificate: String
        package let privateKey: String
    }

    /// What a key is made for.
    package enum Key: Sendable {
        case ec, rsa

        fileprivate var options: [String] {
            switch self {
            case .ec: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
            case .rsa: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
            }
        }
    }

    /// From when to when a certificate is valid.
    package enum Validity: Sendable {
        case now, past, future
        /// Until this many days from now, and an hour.
        case days(Int)

        fileprivate var dates: (from: String, to: String) {
            switch self {
            case .now: ("20200101000000Z", "20910101000000Z")
            case .past: ("20200101000000Z", "20210101000000Z")
            case .future: ("20900101000000Z", "20910101000000Z")
            case .days(let days):
                ("20200101000000Z", Self.text(Date(timeIntervalSinceNow: Double(days) * 86_400 + 3_600)))
            }
        }

        private static func text(_ date: Date) -> String {
            let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
            return style.format(date).filter { $0 != "T" }
        }
    }

    private let directory: TemporaryDirectory
    /// OpenSSL keeps a list of what it has issued, in files that have fixed names.
    private let issuing = Mutex<Void>(())
    /// The root's certificate.
    package let certificate: String

    /// Makes the root.
    ///
    /// - Parameter name: Its organization, so that two of them differ.
    package init(_ name: String = "Test Hospital") throws {
        directory = try TemporaryDirectory()
        certificate = directory.path + "/ca.pem"
        let configuration = """
            [ca]
            default_ca = test
            [test]
            database = \(directory.path)/index.txt
            new_certs_dir = \(directory.path)
            certificate = \(directory.path)/ca.pem
            private_key = \(directory.path)/ca.key
            rand_serial = yes
            default_md = sha256
            unique_subject = no
            policy = any
            [any]
            O = optional
            OU = optional
            CN = supplied
            """
        try directory.write(Array(configuration.utf8), to: "ca.conf")
        try directory.write([], to: "index.txt")
        try openssl(["genpkey"] + Key.ec.options + ["-out", directory.path + "/ca.key"])
        try openssl([
            "req", "-x509", "-new", "-key", directory.path + "/ca.key", "-subj", "/O=\(name)/CN=\(name) CA",
            "-days", "3650", "-out", certificate,
        ])
    }

    /// Issues a certificate.
    ///
    /// - Parameters:
    ///   - name: Its common name, and that of its files.
    ///   - alternatives: As OpenSSL writes them: `IP:127.0.0.1`, `DNS:localhost`.
    ///   - selfSigned: By its own key, not by the authority.
    package func issue(
        _ name: String,
        alternatives: [String] = ["IP:127.0.0.1", "DNS:localhost"],
        key: Key = .ec,
        validity: Validity = .now,
        selfSigned: Bool = false
    ) throws -> Issued {
        let base = "\(directory.path)/\(name)-\(UUID().uuidString.prefix(8))"
        let issued = Issued(certificate: base + ".pem", privateKey: base + ".key")
        let subject = "/O=Test Hospital/OU=Radiology/CN=\(name)"
        try openssl(["genpkey"] + key.options + ["-out", issued.privateKey])
        let names = alternatives.isEmpty ? "DNS:" + name : alternatives.joined(separator: ",")
        if selfSigned {
            try openssl([
                "req", "-x509", "-new", "-key", issued.privateKey, "-subj", subject, "-days", "30",
                "-addext", "subjectAltName=\(names)", "-out", issued.certificate,
            ])
            return issued
        }
        let extensions = base + ".ext"
        try Data("subjectAltName=\(names)\nextendedKeyUsage=serverAuth,clientAuth\n".utf8)
            .write(to: URL(fileURLWithPath: extensions))
        try openssl(["req", "-new", "-key", issued.privateKey, "-subj", subject, "-out", base + ".csr"])
        let (from, to) = validity.dates
        let signing = [
            "ca", "-batch", "-notext", "-config", directory.path + "/ca.conf", "-in", base + ".csr",
            "-extfile", extensions, "-startdate", from, "-enddate", to, "-out", issued.certificate,
        ]
        try issuing.withLock { _ in try openssl(signing) }
        return issued
    }

    private func openssl(_ arguments: [String]) throws {
        let result = try run("openssl", arguments)
        guard result.succeeded else {
            throw ProcessError("openssl \(arguments.joined(separator: " ")): \(result)")
        }
    }
}
