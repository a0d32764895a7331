import ApplicationEntities
import ArgumentParser
import UpperLayer

/// Deadlines. See Timeouts.swift for the reasons.
struct TimeoutOptions: ParsableArguments {
    @Option(
        name: .customLong("timeouts-artim"),
        parsing: .unconditional,
        help: .setting(
            "From the connection to the whole A-ASSOCIATE-RQ; 0: off.",
            default: DurationValue(Timeouts().artim),
            valueName: "duration"
        ),
        transform: DurationValue.parse
    )
    var artim = DurationValue(Timeouts().artim)

    @Option(
        name: .customLong("timeouts-idle"),
        parsing: .unconditional,
        help: .setting(
            "Silence between messages before we release; 0: off.",
            default: DurationValue(Timeouts().idle),
            valueName: "duration"
        ),
        transform: DurationValue.parse
    )
    var idle = DurationValue(Timeouts().idle)

    @Option(
        name: .customLong("timeouts-stall"),
        parsing: .unconditional,
        help: .setting(
            "Longest without progress (64 KiB or a message's end) within a message; 0: off.",
            default: DurationValue(Timeouts().stall),
            valueName: "duration"
        ),
        transform: DurationValue.parse
    )
    var stall = DurationValue(Timeouts().stall)

    @Option(
        name: .customLong("timeouts-drain"),
        parsing: .unconditional,
        help: .setting(
            "How long associations may go on after SIGTERM; 0: off. A second SIGTERM aborts them.",
            default: DurationValue(Timeouts().drain),
            valueName: "duration"
        ),
        transform: DurationValue.parse
    )
    var drain = DurationValue(Timeouts().drain)

    var timeouts: Timeouts {
        var timeouts = Timeouts()
        timeouts.artim = artim.amount
        timeouts.idle = idle.amount
        timeouts.stall = stall.amount
        timeouts.drain = drain.amount
        return timeouts
    }
}
