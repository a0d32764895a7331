import Associations
import Logging
import NIOCore
import UpperLayer

/// An accepted connection as the application entity knows it: the settings it sees, its place in ``Admission``, its TLS
/// session, and its log.
///
/// *Resources*: gives its place back when the connection is closed.
final class AcceptedConnection: UpperLayerDelegate {
    /// The peer's address as text.
    let host: String
    /// Those of the moment at which the connection was accepted.
    let settings: Settings.Shared
    private let admission: Admission
    private let place: Admission.Place
    /// Names the peer.
    let logger: Logger
    /// What TLS knows of the peer; nil on a plain connection.
    let session: TLSSession?
    private let facts: PeerFacts

    /// Takes a place.
    init(_ channel: any Channel, host: String, settings: Settings.Shared, admission: Admission, logger: Logger) {
        self.host = host
        let address = channel.remoteAddress.flatMap(IPAddress.init)
        facts = PeerFacts(address: address)
        self.settings = settings
        self.admission = admission
        let isStranger = !settings.snapshot.access.admits(address)
        place = admission.enter(channel, host: host, isStranger: isStranger, limits: settings.snapshot.limits)
        self.logger = logger
        session = nil
    }

    /// The same connection, in the same place, now that its TLS session is made.
    init(_ connection: AcceptedConnection, with session: TLSSession) {
        host = connection.host
        settings = connection.settings
        facts = PeerFacts(address: connection.facts.address, certificate: session.certificate)
        admission = connection.admission
        place = connection.place
        var logger = connection.logger
        logger[metadataKey: "tls"] = "\(session.version)"
        if let certificate = session.certificate { logger[metadataKey: "subject"] = "\(certificate.subject)" }
        self.logger = logger
        self.session = session
    }

    /// What the access rules say of a request. Asked when it comes and when it is answered, because to keep it would
    /// cost more, and a passcode may be in it.
    func verdict(on request: AssociateRQ) -> Verdict { settings.snapshot.access.verdict(on: request, from: facts) }

    /// A request that the rules refuse takes no place, so that no stranger fills those of a title or a host. Its
    /// rejection is the service-user's (AE-8), which follows.
    func rejection(of request: AssociateRQ) -> AssociateRJ? {
        if let rejection = NegotiationPolicy.providerRejection(of: request) { return rejection }
        guard case .accept(let terms) = verdict(on: request) else { return nil }
        let title = request.callingAETitle.text
        guard let limit = admission.associate(place, title: title, limits: terms.limits(settings.snapshot.limits))
        else {
            return nil
        }
        logger.notice(
            "association rejected",
            metadata: ["calling": "\(title)", "rule": "\(limit.rawValue) is reached"]
        )
        return .localLimitExceeded
    }

    func associationEnded() { admission.dissociate(place) }

    func connectionClosed() { admission.leave(place) }

    func noticed(_ oddity: String) { logger.notice("\(oddity)") }

    func performed(_ transition: Transition) { logger.trace("\(transition)") }
}
