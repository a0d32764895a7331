/// An instance that a store has taken responsibility for.
package struct StoredInstance: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        /// The first of its name.
        case stored
        /// The same bytes were there already; nothing was written.
        case identical
        /// Other bytes were there; this is the copy with this number, from 2; 1 if all others have other paths.
        case keptBeside(copy: Int)
        /// Other bytes were there and stay; this one was dropped, as configured.
        case keptFirst
        /// Other bytes were there; this one took their place, as configured.
        case replaced
    }

    /// Where it is, as ``InstanceStore/open(_:)`` takes it: below an archive's directory, or the key of an object.
    package var path: String
    package var outcome: Outcome

    package init(path: String, outcome: Outcome) {
        self.path = path
        self.outcome = outcome
    }
}
