/// What the node knows of SOP classes (PS3.4, PS3.6 Annex A).
package enum SOPClasses {
    /// Verification (PS3.4 Annex A).
    package static let verification: UID = "1.2.840.10008.1.1"
    /// Storage Commitment Push Model (PS3.4 Annex J).
    package static let storageCommitment: UID = "1.2.840.10008.1.20.1"

    /// The service that an abstract syntax belongs to, for ``NegotiationPolicy/supports``.
    ///
    /// - Parameters:
    ///   - abstractSyntax: As proposed.
    ///   - unknownSOPClasses: Take every class for storage of which we do not know that it is for something else:
    ///     private ones, and those that the standard adds after us.
    ///   - storageCommitment: Storage commitment is served.
    /// - Returns: `nil` if the node does not serve it.
    package static func service(of abstractSyntax: UID, unknownSOPClasses: Bool, storageCommitment: Bool)
        -> SupportedService?
    {
        if abstractSyntax == verification { return .verification }
        if abstractSyntax == Self.storageCommitment { return storageCommitment ? .storageCommitment : nil }
        if storage.contains(abstractSyntax.text) { return .storage }
        let mayBeStorage =
            unknownSOPClasses && abstractSyntax.isPlausible && !notStorage.contains(abstractSyntax.text)
        return mayBeStorage ? .storage : nil
    }
}
