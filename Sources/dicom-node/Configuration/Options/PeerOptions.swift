import ApplicationEntities
public import ArgumentParser
import Associations
public import Logging
import NIOCore
import NIOPosix
import UpperLayer

/// What `echo` and `send` have in common: which peer to call, under which titles, and how long to wait for it.
struct PeerOptions: ParsableArguments {
    @Option(
        help: .setting("Our AE title.", default: "DICOMNODE", valueName: "title"),
        transform: { try Setting.title($0) }
    )
    var callingAeTitle = "DICOMNODE"

    @Option(
        help: .setting(
            "The peer's AE title. Many peers accept only their own.",
            default: "ANY-SCP",
            valueName: "title"
        ),
        transform: { try Setting.title($0) }
    )
    var calledAeTitle = "ANY-SCP"

    @Option(
        parsing: .unconditional,
        help: .setting(
            "How long the transport connection may take, with the TLS handshake; 0: no limit.",
            default: DurationValue(Timeouts.connect),
            valueName: "duration"
        ),
        transform: DurationValue.parse
    )
    var connectTimeout = DurationValue(Timeouts.connect)

    @Option(
        parsing: .unconditional,
        help: .setting(
            "How long the peer may take to answer the A-ASSOCIATE-RQ; 0: no limit.",
            default: DurationValue(Timeouts().artim),
            valueName: "duration"
        ),
        transform: DurationValue.parse
    )
    var associationTimeout = DurationValue(Timeouts().artim)

    @Option(
        parsing: .unconditional,
        help: .setting(
            "How long the peer may take to answer a request, or to read what is sent; 0: no limit.",
            default: DurationValue(Timeouts().stall),
            valueName: "duration"
        ),
        transform: DurationValue.parse
    )
    var responseTimeout = DurationValue(Timeouts().stall)

    @Option(name: [.customLong("logging-level"), .customLong("log-level")], help: "Least severe level that is logged.")
    var logLevel = Logger.Level.warning

    @OptionGroup(title: "TLS") var tls: PeerTLSOptions

    @Argument(
        help: "The peer's host name or address; an IPv6 address may be in brackets.",
        transform: Setting.peer
    )
    var host: String

    @Argument(help: "The peer's port.", transform: Setting.number(in: 1...65_535))
    var port: Int

    /// The peer, for messages.
    var name: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// What opens associations with the peer; reads the files of TLS.
    ///
    /// *Errors*: `TLSFaults`.
    func requestor() throws(TLSFaults) -> AssociationRequestor {
        let tls = try tls.load()
        let level = LogLevel(logLevel)
        var timeouts = Timeouts()
        timeouts.artim = associationTimeout.amount
        timeouts.stall = responseTimeout.amount
        return AssociationRequestor(
            host: host,
            port: port,
            timeouts: timeouts,
            connectTimeout: connectTimeout.limit,
            tls: tls,
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

extension Logger.Level: @retroactive ExpressibleByArgument {}
