package import DIMSE

/// Opens associations to SCUs that wait for results.
package protocol CommitmentPeers: Sendable {
    /// Sends one result, and waits for its answer: the status of the N-EVENT-REPORT-RSP.
    typealias Send = @Sendable (CommitmentResult) async throws -> Status?

    /// Requests an association with an SCU, as SCP by role selection (PS3.4 §J.3.3.1.3), and releases it when `body`
    /// has returned.
    ///
    /// *Errors*: in words for an operator, why there is no association, or how it ended; and what `body` throws.
    func withAssociation(
        _ route: CommitmentRoute,
        _ body: @escaping @Sendable (Send) async throws -> Void
    ) async throws
}
