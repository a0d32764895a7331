package import Associations

/// What an ``UpperLayerHandler`` asks and tells the side that owns its connection. All is called on the channel's event
/// loop.
package protocol UpperLayerDelegate: Sendable {
    /// Decides on a request before the user sees it (AE-6): a rejection by the service-provider, or nil.
    func rejection(of request: AssociateRQ) -> AssociateRJ?
    /// The association is over, though the connection may linger.
    func associationEnded()
    /// The connection is closed.
    func connectionClosed()
    /// Something is odd and tolerated: in words, for the log.
    func noticed(_ oddity: String)
    /// The state machine has made a transition: for the log.
    func performed(_ transition: Transition)
}

extension UpperLayerDelegate {
    package func rejection(of request: AssociateRQ) -> AssociateRJ? { nil }
    package func associationEnded() {}
    package func connectionClosed() {}
    package func noticed(_ oddity: String) {}
    package func performed(_ transition: Transition) {}
}
