/// Why a store did not take an instance, or does not give one.
package struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// Another instance of this SOP Instance UID is stored, and the policy is to refuse it (0111H).
        case duplicate
        /// There is no room (A700H).
        case outOfSpace
        /// The store cannot be reached, or refuses (A700H).
        case unavailable
        /// There is no such object.
        case notFound
        /// There is something in the object's place that is none: damaged, or another's.
        case damaged
    }

    package var kind: Kind
    /// What was tried and what came of it, for the log. Holds no byte of a peer that is not printable.
    package var description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
