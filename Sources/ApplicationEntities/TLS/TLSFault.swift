/// Why TLS cannot be used as it is set: which file, what is wrong with it, and what to do.
package struct TLSFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The setting that names the file.
    package enum Setting: String, Sendable {
        case certificate
        case privateKey
        case authorities
        case serverName
    }

    package let setting: Setting
    /// The file or folder; empty if the setting lacks.
    package let path: String
    /// What is wrong and what to do, without the path.
    package let reason: String

    package var description: String { path.isEmpty ? reason : "\(path): \(reason)" }

    init(_ setting: Setting, _ path: String, _ reason: String) {
        self.setting = setting
        self.path = path
        self.reason = reason
    }

    static let noCertificate = TLSFault(.certificate, "", "the certificate is missing: name its file, in PEM form")
    static let noPrivateKey = TLSFault(
        .privateKey,
        "",
        "the private key of the certificate is missing: name its file, in PEM form"
    )
    static let noAuthorities = TLSFault(
        .authorities,
        "",
        "client certificates are required, and no authority is named that they may come from: "
            + "name its certificate, a file or a folder in PEM form"
    )
}

/// Every fault of one ``TLSSettings``, so that an operator reads all of them at once.
package struct TLSFaults: Error, Equatable, Sendable, CustomStringConvertible {
    package let faults: [TLSFault]

    package var description: String { faults.map(\.description).joined(separator: "; ") }

    init(_ faults: [TLSFault]) { self.faults = faults }
}
