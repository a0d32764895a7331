/// What the node knows of SOP classes (PS3.4, PS3.6 Annex A).
package enum SOPClasses {
    /// Verification (PS3.4 Annex A).
    package static let verification: UID = "1.2.840.10008.1.1"
    /// Storage Commitment Push Model (PS3.4 Annex J).
    package static let storageCommitment: UID = "1.2.840.10008.1.20.1"

    /// The service that an abstract syntax belongs to, for ``NegotiationPolicy/supports``.
    package static func service(of abstractSyntax: UID, unknownSOPClasses: Bool, storageCommitment: Bool)
        -> SupportedService?
    { nil }
}
