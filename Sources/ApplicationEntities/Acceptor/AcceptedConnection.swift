import Associations
import Logging
import NIOCore
import UpperLayer

/// An accepted connection as the application entity knows it: its place in ``Admission``, and its log.
///
/// *Resources*: gives its place back when the connection is closed.
final class AcceptedConnection: UpperLayerDelegate {
    private let admission: Admission
    private let place: Admission.Place
    private let logger: Logger

    /// Takes a place.
    init(_ channel: any Channel, host: String, admission: Admission, logger: Logger) {
        self.admission = admission
        place = admission.enter(channel, host: host)
        self.logger = logger
    }

    func rejection(of request: AssociateRQ) -> AssociateRJ? {
        NegotiationPolicy.providerRejection(of: request) ?? admission.associate(place)
    }

    func associationEnded() { admission.dissociate(place) }

    func connectionClosed() { admission.leave(place) }

    func noticed(_ oddity: String) { logger.notice("\(oddity)") }

    func performed(_ transition: Transition) { logger.trace("\(transition)") }
}
