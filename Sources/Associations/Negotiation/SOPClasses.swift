/// What the node knows of SOP classes (PS3.4, PS3.6 Annex A).
package enum SOPClasses {
    /// Verification (PS3.4 Annex A).
    package static let verification: UID = "1.2.840.10008.1.1"
    /// Storage Commitment Push Model (PS3.4 Annex J).
    package static let storageCommitment: UID = "1.2.840.10008.1.20.1"

    /// Whether an abstract syntax is a storage SOP class.
    ///
    /// - Parameter unknownSOPClasses: So is every class of which it is not known that it is for something else: private
    ///   ones, and those that the standard adds later.
    package static func isStorage(_ abstractSyntax: UID, unknownSOPClasses: Bool) -> Bool {
        if storage.contains(abstractSyntax.text) { return true }
        return unknownSOPClasses && abstractSyntax.isPlausible && !notStorage.contains(abstractSyntax.text)
            && abstractSyntax != verification && abstractSyntax != storageCommitment
    }
}
