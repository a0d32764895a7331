/// The states of PS3.8 §9.2.1, Tables 9-1 to 9-5.
package enum State: Int, CaseIterable, Sendable, CustomStringConvertible {
    /// Idle.
    case sta1 = 1
    /// Transport connection open, awaiting A-ASSOCIATE-RQ. ARTIM is running.
    case sta2
    /// Awaiting the local user's answer to an A-ASSOCIATE indication.
    case sta3
    /// Awaiting the opening of the transport connection.
    case sta4
    /// Awaiting A-ASSOCIATE-AC or A-ASSOCIATE-RJ.
    case sta5
    /// Association established and ready for data transfer.
    case sta6
    /// Awaiting A-RELEASE-RP.
    case sta7
    /// Awaiting the local user's A-RELEASE response.
    case sta8
    /// Release collision, requestor: awaiting the local user's A-RELEASE response.
    case sta9
    /// Release collision, acceptor: awaiting A-RELEASE-RP.
    case sta10
    /// Release collision, requestor: awaiting A-RELEASE-RP.
    case sta11
    /// Release collision, acceptor: awaiting the local user's A-RELEASE response.
    case sta12
    /// Awaiting the close of the transport connection; the association no longer exists.
    case sta13

    package var description: String { "Sta\(rawValue)" }
}

/// Which side of the association this machine is. Only AR-8 asks.
package enum Role: CaseIterable, Sendable {
    /// The association requestor.
    case requestor
    /// The association acceptor.
    case acceptor
}
