import ArgumentParser

/// Which associations are accepted, and with what.
struct AcceptOptions: ParsableArguments {
    @Option(
        name: .customLong("accept-called-ae-titles"),
        parsing: .upToNextOption,
        help: .setting(
            "Called AE titles that are accepted: A,B or A B, or the option again.",
            default: "any",
            valueName: "titles"
        ),
        transform: Setting.titles
    )
    private var calledAETitleLists: [[String]] = []

    @Option(
        name: .customLong("accept-calling-ae-titles"),
        parsing: .upToNextOption,
        help: .setting(
            "Calling AE titles that are accepted: A,B or A B, or the option again.",
            default: "any",
            valueName: "titles"
        ),
        transform: Setting.titles
    )
    private var callingAETitleLists: [[String]] = []

    @Option(
        name: .customLong("accept-unknown-sop-classes"),
        help: .setting(
            "Accept SOP classes that are in no table of ours: true or false.",
            default: true,
            valueName: "boolean"
        ),
        transform: Setting.boolean
    )
    var unknownSOPClasses = true

    @Option(
        name: .customLong("accept-unwalkable"),
        help: .setting(
            "Store data sets that cannot be walked to their end, unchecked, if their identity was found: "
                + "true or false.",
            default: false,
            valueName: "boolean"
        ),
        transform: Setting.boolean
    )
    var unwalkable = false

    var calledAETitles: Set<String> { Set(calledAETitleLists.joined()) }
    var callingAETitles: Set<String> { Set(callingAETitleLists.joined()) }
}
