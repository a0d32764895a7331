public import ArgumentParser
public import Logging

extension Logger.Level: @retroactive ExpressibleByArgument {}
extension LogFormat: ExpressibleByArgument {}

/// The settings of `serve`, each under its full name; some have a short one, too.
struct ServeOptions: ParsableArguments {
    @Option(
        help: .setting(
            "Our AE title, for the ready line and the log; which titles are accepted is another setting.",
            default: "DICOMNODE",
            valueName: "title"
        ),
        transform: { try Setting.title($0) }
    )
    var aeTitle = "DICOMNODE"

    @Option(
        name: [.customLong("listen-host"), .customLong("host")],
        help: .setting(
            "Address to listen on, such as 127.0.0.1 or [::1]; * for every interface, IPv6 and IPv4.",
            default: "0.0.0.0",
            valueName: "address"
        ),
        transform: Setting.host
    )
    var host = "0.0.0.0"

    @Option(
        name: [.customLong("listen-port"), .customLong("port")],
        parsing: .unconditional,
        help: .setting(
            "Port to listen on, 0 to 65535; 0 takes a free one, which the ready line names.",
            default: 11112,
            valueName: "port"
        ),
        transform: Setting.number(in: 0...65_535)
    )
    var port = 11_112

    @Option(
        name: [.customLong("logging-level"), .customLong("log-level")],
        help: ArgumentHelp("Least severe level that is logged.", valueName: "level")
    )
    var logLevel = Logger.Level.info

    @Option(name: .customLong("logging-format"), help: ArgumentHelp("Format of log lines.", valueName: "format"))
    var logFormat = LogFormat.text

    @OptionGroup(title: "Archive") var archive: ArchiveOptions
    @OptionGroup(title: "Accept") var accept: AcceptOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Timeouts") var timeouts: TimeoutOptions
}
