import ArgumentParser
import NIOCore

/// A duration on the command line: `30s`, `500ms`, `5m`, `1h`.
struct DurationValue: ExpressibleByArgument, CustomStringConvertible {
    let amount: TimeAmount

    init(_ amount: TimeAmount) {
        self.amount = amount
    }

    init?(argument: String) {
        let units: [(String, Int64)] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)]
        guard let (unit, factor) = units.first(where: { argument.hasSuffix($0.0) }),
            let count = Int64(argument.dropLast(unit.count)), count >= 0,
            case (let milliseconds, false) = count.multipliedReportingOverflow(by: factor),
            // A timer beyond a century is a slip of the hand, and would overflow nanoseconds.
            milliseconds <= 3_153_600_000_000
        else { return nil }
        self.amount = .milliseconds(milliseconds)
    }

    var description: String {
        let milliseconds = self.amount.nanoseconds / 1_000_000
        return milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000)s" : "\(milliseconds)ms"
    }

    var defaultValueDescription: String { self.description }
}

/// A number of bytes on the command line: `262144`, `256KiB`, `1GiB`.
struct SizeValue: ExpressibleByArgument, CustomStringConvertible {
    let bytes: Int

    init(_ bytes: Int) {
        self.bytes = bytes
    }

    init?(argument: String) {
        let units: [(String, Int)] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("", 1)]
        guard let (unit, factor) = units.first(where: { argument.hasSuffix($0.0) }),
            let count = Int(argument.dropLast(unit.count)), count >= 0,
            case (let bytes, false) = count.multipliedReportingOverflow(by: factor)
        else { return nil }
        self.bytes = bytes
    }

    var description: String {
        for (unit, factor) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        where self.bytes > 0 && self.bytes % factor == 0 {
            return "\(self.bytes / factor)\(unit)"
        }
        return "\(self.bytes)"
    }

    var defaultValueDescription: String { self.description }
}
