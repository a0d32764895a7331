/// What a peer may be allowed to do: one for each service class.
package enum Permission: String, CaseIterable, Sendable {
    /// Verification (PS3.4 Annex A).
    case echo
    /// Storage (PS3.4 Annex B).
    case store
    /// Storage Commitment (PS3.4 Annex J).
    case commit

    /// All that there are.
    package static let all = Set(allCases)
}
