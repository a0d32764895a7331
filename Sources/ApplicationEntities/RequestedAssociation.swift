package import Associations
import DIMSE
import NIOCore
import UpperLayer

/// An association that we requested: one request at a time, each with its response.
///
/// *Resources*: valid inside ``AssociationRequestor/withAssociation(_:_:)``, which releases or aborts it.
///
/// *Errors*: every method throws ``RequestorError`` when the association has ended.
package struct RequestedAssociation: ~Copyable {
    let connection: AssociationConnection
    let activity: SharedActivity
    var assembler: MessageAssembler
    var messageID: UInt16 = 0
    /// What was negotiated: which contexts were accepted, and the peer's maximum length.
    package private(set) var negotiated = Negotiated(
        contexts: [:],
        peerMaximumLength: nil,
        operationsInvoked: 1,
        windowNegotiated: false,
        callingAETitle: AETitle(asSent: []),
        calledAETitle: AETitle(asSent: [])
    )

    init(_ connection: AssociationConnection, activity: SharedActivity, limits: Limits) {
        self.connection = connection
        self.activity = activity
        self.assembler = MessageAssembler(limits: limits.messageAssembler)
    }

    mutating func associate(_ request: AssociateRQ) async throws {
        try await self.connection.write(.associate(request))
        switch await self.connection.next() {
        case .associateAccepted(let answer)?: self.negotiated = Negotiated(request: request, answer: answer)
        case .associateRejected(let rejection)?: throw RequestorError.rejected(rejection)
        case .ended(let end)?: throw RequestorError.ended(end)
        case nil: throw RequestorError.ended(.transportClosed)
        case .associate?, .data?, .release?: throw RequestorError.unexpected("no A-ASSOCIATE-AC")
        }
    }

    mutating func release() async throws {
        try await self.connection.write(.release)
        while let indication = await self.connection.next() {
            if case .release = indication {
                // The peer asks at the same moment.
                try await self.connection.write(.releaseResponse)
            }
            guard case .ended(let end) = indication else { continue }
            if end == .released { return }
            throw RequestorError.ended(end)
        }
    }
}
