import Synchronization
package import UpperLayer

/// What may change while the node runs: a reload is one assignment to ``current``.
///
/// An accepted connection reads it once, before its first byte, and keeps what it has read: an association sees one
/// snapshot from its first deadline to its last.
package final class Settings: Sendable {
    /// The settings of one moment, which belong together.
    package struct Snapshot: Sendable {
        /// Who may associate, and for what.
        package var access: AccessRules
        package var limits: Limits
        package var timeouts: Timeouts
        /// Where peers take associations, by their AE titles.
        package var addresses: [String: PeerAddress]
        /// What the TLS endpoint shows and asks for; nil: there is none.
        package var tls: AcceptorTLS?

        /// As without configuration.
        package init(
            access: AccessRules = AccessRules(),
            limits: Limits = Limits(),
            timeouts: Timeouts = Timeouts(),
            addresses: [String: PeerAddress] = [:],
            tls: AcceptorTLS? = nil
        ) {
            self.access = access
            self.limits = limits
            self.timeouts = timeouts
            self.addresses = addresses
            self.tls = tls
        }
    }

    /// A snapshot as connections hold it: one reference, whatever is in it.
    final class Shared: Sendable {
        let snapshot: Snapshot

        init(_ snapshot: Snapshot) {
            self.snapshot = snapshot
        }
    }

    private let state: Mutex<Shared>

    package init(_ snapshot: Snapshot = Snapshot()) {
        state = Mutex(Shared(snapshot))
    }

    /// ``current``, for the next connection.
    var shared: Shared { state.withLock { $0 } }

    /// What the next association is to see; those that exist keep what they have seen.
    package var current: Snapshot {
        get { shared.snapshot }
        set { state.withLock { $0 = Shared(newValue) } }
    }
}
