import Associations

/// Our identity in negotiation and in files (PS3.7 Annex D.3.3.2).
enum Implementation {
    static let version = "0.1.0"
    /// Below 2.25, the root of UIDs made from a UUID (PS3.5 §B.2); it belongs to this implementation, not to a version
    /// of it.
    static let classUID: UID = "2.25.188372401961452936130713893721093847261"
    /// At most 16 characters.
    static let versionName = "DICOMNODE_010"
}

extension Implementation {
    /// Whether a release of this implementation may have this version name.
    static func isVersionName(_ name: String) -> Bool {
        let prefix = versionName.prefix { $0 != "_" } + "_"
        let number = name.dropFirst(prefix.count)
        return name.hasPrefix(prefix) && !number.isEmpty && number.allSatisfy { $0.isASCII && $0.isNumber }
    }
}
