package import Associations
package import NIOCore

/// One service of PS3.4, as SCP: which abstract syntaxes it takes, and what a request of theirs means.
///
/// A new service is one type that conforms, and one more element of ``Services/all``.
package protocol ServiceClass: Sendable {
    /// What a peer must be allowed to do to use it.
    var permission: Permission { get }

    /// How a presentation context with this abstract syntax is accepted; nil: it is not this service's.
    func terms(for abstractSyntax: UID) -> ContextTerms?

    /// Decides on a request before its data set arrives; nil: the request is not of this service.
    ///
    /// The services are asked in their order, whatever the context is, because some peers send C-ECHO on any context
    /// they have. A service that shares its commands with another looks at the context.
    func begin(_ request: Request) -> Decision?
}

/// What a service class makes of a request.
package enum Decision {
    /// The response is known: it is sent when the data set, if there is one, has been read and dropped.
    case respond(Message)
    /// The operation takes the data set, and responds.
    case perform(any Operation)
}

/// One request under way. Every method is called by the association's tasks, one at a time.
///
/// *Resources*: ends by ``perform(_:)`` or ``discard()``, one of which is called; both give back all that it holds.
///
/// *Errors*: none are thrown. What goes wrong is remembered, and told in the response.
package protocol Operation: AnyObject, Sendable {
    /// Takes the next bytes of the data set. True: ``settle()`` is to be awaited before the next, which is the
    /// back-pressure.
    ///
    /// It does not suspend, because most fragments are only gathered, and a suspension for each would cost as much.
    func receive(_ bytes: ByteBuffer) -> Bool

    /// Waits until more bytes may come.
    func settle() async

    /// The message is complete: responds, by way of `responder`, any number of times, the last time finally.
    ///
    /// A child of the association's nursery: the next message is received meanwhile.
    func perform(_ responder: any Responder) async

    /// The association ended before the data set did.
    func discard() async

    /// ``perform(_:)`` goes on when it has responded: its task is cancelled when the association ends, or the peer asks
    /// for its release, which is answered behind it.
    var continuesAfterResponse: Bool { get }

    /// A C-CANCEL for this request cancels the task of ``perform(_:)`` (PS3.7 §9.3.2.3); false: C-CANCEL is ignored.
    var isCancellable: Bool { get }
}

extension Operation {
    package var continuesAfterResponse: Bool { false }
    package var isCancellable: Bool { false }
}
