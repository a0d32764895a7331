import ApplicationEntities
import Archive
public import ArgumentParser
import Associations
public import Logging

extension Logger.Level: @retroactive ExpressibleByArgument {}
extension StandardErrorLogHandler.Format: ExpressibleByArgument {}

/// The settings of `serve`, each under its final name; the short forms are for the hand.
struct ServeOptions: ParsableArguments {
    @Option(help: "Our AE title, for the log and for peers who ask.")
    var aeTitle = "DICOMNODE"

    @Option(name: [.customLong("listen-host"), .customLong("host")], help: "Address to listen on.")
    var host = "0.0.0.0"

    @Option(name: [.customLong("listen-port"), .customLong("port")], help: "Port to listen on; 0 takes a free one.")
    var port = 11_112

    @Option(name: [.customLong("logging-level"), .customLong("log-level")], help: "Least severe level that is logged.")
    var logLevel = Logger.Level.info

    @Option(name: .customLong("logging-format"), help: "Format of log lines: text or json.")
    var logFormat = StandardErrorLogHandler.Format.text

    @OptionGroup(title: "Archive") var archive: ArchiveOptions
    @OptionGroup(title: "Accept") var accept: AcceptOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Timeouts") var timeouts: TimeoutOptions

    func validate() throws {
        guard AETitle(self.aeTitle) != nil else {
            throw ValidationError("--ae-title: 1 to 16 printable ASCII characters other than a backslash.")
        }
        guard (0...65_535).contains(self.port) else { throw ValidationError("--listen-port: 0 to 65535.") }
    }
}

/// Who may associate, and with what.
struct AcceptOptions: ParsableArguments {
    @Option(
        name: .customLong("accept-called-ae-titles"),
        parsing: .upToNextOption,
        help: "Called AE titles that are accepted; none given: any."
    )
    var calledAETitles: [String] = []

    @Option(
        name: .customLong("accept-calling-ae-titles"),
        parsing: .upToNextOption,
        help: "Calling AE titles that are accepted; none given: any."
    )
    var callingAETitles: [String] = []

    @Option(
        name: .customLong("accept-unknown-sop-classes"),
        help: "Accept SOP classes that are in no table (true, false)."
    )
    var unknownSOPClasses = true

    @Option(
        name: .customLong("accept-unwalkable"),
        help:
            "Store data sets that cannot be walked to their end, unchecked, if their identity was found (true, false)."
    )
    var unwalkable = false
}

/// Bounds. See Limits.swift for the reasons.
struct LimitOptions: ParsableArguments {
    @Option(name: .customLong("limits-associations"), help: "Associations at once.")
    var associations = Limits().associations

    @Option(
        name: .customLong("limits-associations-per-host"),
        help: "Associations at once from one address; 0: no limit."
    )
    var associationsPerHost = Limits().associationsPerHost

    @Option(name: .customLong("limits-pdu-length"), help: "Maximum length received that we offer, bytes.")
    var pduLength = SizeValue(Limits().pduLength)

    @Option(name: .customLong("limits-object-size"), help: "Largest data set, bytes; 0: no limit.")
    var objectSize = SizeValue(Limits().objectSize)

    @Option(name: .customLong("limits-operations"), help: "Requests outstanding on one association.")
    var operations = Limits().operations

    func validate() throws {
        guard self.associations >= 1 else { throw ValidationError("--limits-associations: at least 1.") }
        guard self.associationsPerHost >= 0 else { throw ValidationError("--limits-associations-per-host: 0 or more.") }
        guard (4_096...1 << 30).contains(self.pduLength.bytes) else {
            throw ValidationError("--limits-pdu-length: 4096 to 1 GiB.")
        }
        guard (1...Int(UInt16.max)).contains(self.operations) else {
            throw ValidationError("--limits-operations: 1 to 65535.")
        }
    }

    var limits: Limits {
        var limits = Limits()
        limits.associations = self.associations
        limits.associationsPerHost = self.associationsPerHost
        limits.pduLength = self.pduLength.bytes
        limits.objectSize = self.objectSize.bytes
        limits.operations = self.operations
        return limits
    }
}

/// Deadlines. See Timeouts.swift for the reasons.
struct TimeoutOptions: ParsableArguments {
    @Option(name: .customLong("timeouts-artim"), help: "From the connection to the whole A-ASSOCIATE-RQ.")
    var artim = DurationValue(Timeouts().artim)

    @Option(name: .customLong("timeouts-idle"), help: "Silence between messages before we release.")
    var idle = DurationValue(Timeouts().idle)

    @Option(
        name: .customLong("timeouts-stall"),
        help: "Longest without progress (64 KiB or a message's end) within a message."
    )
    var stall = DurationValue(Timeouts().stall)

    @Option(name: .customLong("timeouts-drain"), help: "How long associations may go on after SIGTERM.")
    var drain = DurationValue(Timeouts().drain)

    var timeouts: Timeouts {
        var timeouts = Timeouts()
        timeouts.artim = self.artim.amount
        timeouts.idle = self.idle.amount
        timeouts.stall = self.stall.amount
        timeouts.drain = self.drain.amount
        return timeouts
    }
}
