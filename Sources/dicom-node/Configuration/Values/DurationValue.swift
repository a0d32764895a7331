import NIOCore

/// A duration on the command line: `30s`, `500ms`, `5m`, `1h`, `30d`, or `0` for off.
struct DurationValue: CustomStringConvertible {
    let amount: TimeAmount

    /// What a duration looks like, for `--help` and for the message about one that is none.
    static let format = "a whole number with a unit, such as 500ms, 30s, 5m, 1h or 30d"
    /// Milliseconds of a century: a longer timer is a slip of the hand, and nanoseconds would overflow.
    private static let longest: Int64 = 3_153_600_000_000

    init(_ amount: TimeAmount) {
        self.amount = amount
    }

    /// *Errors*: `InvalidValue` that says what a duration looks like.
    static func parse(_ argument: String) throws -> DurationValue {
        let text = argument.lowercased()
        if text == "0" { return DurationValue(.zero) }
        let units: [(String, Int64)] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
        guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }),
            let count = Int64(text.dropLast(unit.count)), count >= 0,
            case (let milliseconds, false) = count.multipliedReportingOverflow(by: factor),
            milliseconds <= longest
        else {
            throw InvalidValue("a duration is \(format); 0 is off, the longest is a century.")
        }
        return DurationValue(.milliseconds(milliseconds))
    }

    var description: String {
        let milliseconds = amount.nanoseconds / 1_000_000
        return milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000)s" : "\(milliseconds)ms"
    }
}
