import ApplicationEntities
import ArgumentParser
import Associations
import Logging
import NIOCore
import NIOPosix

/// What `echo` and `send` have in common: which peer to call, under which titles, and how long to wait for it.
struct PeerOptions: ParsableArguments {
    @Option(help: "Our AE title.")
    var callingAeTitle = "DICOMNODE"

    @Option(help: "The peer's AE title. Many peers accept only their own.")
    var calledAeTitle = "ANY-SCP"

    @Option(help: "How long the transport connection may take. As in 500ms, 30s, 5m; 0s: no limit.")
    var connectTimeout = DurationValue(Timeouts.connect)

    @Option(help: "How long the peer may take to answer the A-ASSOCIATE-RQ; 0s: no limit.")
    var associationTimeout = DurationValue(Timeouts().artim)

    @Option(help: "How long the peer may take to answer a request, or to read what is sent; 0s: no limit.")
    var responseTimeout = DurationValue(Timeouts().stall)

    @Option(name: [.customLong("logging-level"), .customLong("log-level")], help: "Least severe level that is logged.")
    var logLevel = Logger.Level.warning

    @Argument(help: "The peer's host name or address; an IPv6 address may be in brackets.")
    var host: String

    @Argument(help: "The peer's port.")
    var port: Int

    func validate() throws {
        for title in [callingAeTitle, calledAeTitle] where AETitle(title) == nil {
            throw ValidationError(
                "'\(title)': an AE title has 1 to 16 printable ASCII characters other than a backslash."
            )
        }
        guard (1...65_535).contains(port) else { throw ValidationError("\(port): a port is 1 to 65535.") }
    }

    /// As a resolver takes it: without the brackets that an IPv6 address has beside a port.
    private var address: String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }

    /// The peer, for messages.
    var name: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }

    func requestor() -> AssociationRequestor {
        let level = logLevel
        var timeouts = Timeouts()
        timeouts.artim = associationTimeout.limit
        timeouts.stall = responseTimeout.limit
        return AssociationRequestor(
            host: address,
            port: port,
            timeouts: timeouts,
            connectTimeout: connectTimeout.limit,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "dicom-node") { _ in StandardErrorLogHandler(level: level, format: .text) }
        )
    }

    func request(contexts: [ProposedPresentationContext]) -> AssociateRQ {
        AssociateRQ(
            calledAETitle: AETitle(calledAeTitle) ?? AETitle(asSent: []),
            callingAETitle: AETitle(callingAeTitle) ?? AETitle(asSent: []),
            presentationContexts: contexts,
            userInformation: UserInformation(
                maximumLengthReceived: UInt32(Limits().pduLength),
                implementationClassUID: Implementation.classUID,
                implementationVersionName: Implementation.versionName
            )
        )
    }
}

extension DurationValue {
    /// As a deadline; 0 is none: a century.
    fileprivate var limit: TimeAmount { amount.nanoseconds == 0 ? .hours(100 * 365 * 24) : amount }
}
