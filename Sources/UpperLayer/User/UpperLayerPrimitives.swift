package import Associations

/// What the upper-layer service-provider tells the association's nursery: the service primitives of PS3.8 §7, and
/// nothing of the PDUs, sockets and timers beneath them.
///
/// What is large and rare is indirect, so that a task that waits for the next one keeps no room for it.
package enum UpperLayerIndication: Sendable {
    /// A-ASSOCIATE indication (PS3.8 §7.1). The user answers with `accept` or `reject`.
    indirect case associate(AssociateRQ)
    /// A-ASSOCIATE confirmation, accepted: requestor only.
    indirect case associateAccepted(AssociateAC)
    /// A-ASSOCIATE confirmation, rejected: requestor only. `ended` follows.
    case associateRejected(AssociateRJ)
    /// P-DATA indications (PS3.8 §7.6): all that one read of the socket contained, in order. The bytes are slices of
    /// that read's buffer, so one element of the sequence pins one read buffer.
    case data([PDVFragment])
    /// The peer asks for nothing more: A-RELEASE indication (PS3.8 §7.2), or the end of what it sends. The user answers
    /// with `releaseResponse` when it has finished.
    case release
    /// The association is over, for the reason given. Nothing follows.
    indirect case ended(AssociationEnd)
}

/// What the association's nursery asks of the upper-layer service-provider (PS3.8 §7).
package enum UpperLayerRequest: Sendable {
    /// A-ASSOCIATE request: requestor only.
    indirect case associate(AssociateRQ)
    /// A-ASSOCIATE response, accepted.
    indirect case accept(AssociateAC)
    /// A-ASSOCIATE response, rejected by the service-user.
    case reject(AssociateRJ)
    /// P-DATA requests: one P-DATA-TF each, all flushed together.
    case data([DataTF])
    /// A-RELEASE request.
    case release
    /// A-RELEASE response: the user has finished. `ended` follows.
    case releaseResponse
    /// A-ABORT request, with the cause in words for the log.
    indirect case abort(cause: String)
}
