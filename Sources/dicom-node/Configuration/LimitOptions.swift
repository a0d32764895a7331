import ApplicationEntities
import ArgumentParser

/// Bounds. See Limits.swift for the reasons.
struct LimitOptions: ParsableArguments {
    @Option(
        name: .customLong("limits-associations"),
        parsing: .unconditional,
        help: .setting("Associations at once.", default: Limits().associations, valueName: "number"),
        transform: Setting.number(in: 1...Int.max)
    )
    var associations = Limits().associations

    @Option(
        name: .customLong("limits-associations-per-host"),
        parsing: .unconditional,
        help: .setting(
            "Associations at once from one address; 0: no limit.",
            default: Limits().associationsPerHost,
            valueName: "number"
        ),
        transform: Setting.number(in: 0...Int.max)
    )
    var associationsPerHost = Limits().associationsPerHost

    @Option(
        name: .customLong("limits-pdu-length"),
        parsing: .unconditional,
        help: .setting(
            "Maximum length received that we offer, 4KiB to 1GiB.",
            default: SizeValue(Limits().pduLength),
            valueName: "size"
        ),
        transform: SizeValue.parse(in: 4_096...1 << 30)
    )
    var pduLength = SizeValue(Limits().pduLength)

    @Option(
        name: .customLong("limits-object-size"),
        parsing: .unconditional,
        help: .setting(
            "Largest data set, such as 2GiB; 0: no limit.",
            default: SizeValue(Limits().objectSize),
            valueName: "size"
        ),
        transform: SizeValue.parse()
    )
    var objectSize = SizeValue(Limits().objectSize)

    @Option(
        name: .customLong("limits-operations"),
        parsing: .unconditional,
        help: .setting(
            "Requests outstanding on one association, 1 to 65535.",
            default: Limits().operations,
            valueName: "number"
        ),
        transform: Setting.number(in: 1...Int(UInt16.max))
    )
    var operations = Limits().operations

    var limits: Limits {
        var limits = Limits()
        limits.associations = associations
        limits.associationsPerHost = associationsPerHost
        limits.pduLength = pduLength.bytes
        limits.objectSize = objectSize.bytes
        limits.operations = operations
        return limits
    }
}
