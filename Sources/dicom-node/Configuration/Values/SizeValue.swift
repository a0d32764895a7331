/// A number of bytes on the command line: `262144`, `256KiB`, `1GB`.
struct SizeValue: CustomStringConvertible {
    let bytes: Int

    /// What a size looks like, for `--help` and for the message about one that is none.
    static let format = "bytes, or a whole number with KiB, MiB, GiB, TiB (1024) or kB, MB, GB, TB (1000)"

    private static let units: [(String, Int)] = [
        ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("tib", 1 << 40),
        ("kb", 1_000), ("mb", 1_000_000), ("gb", 1_000_000_000), ("tb", 1_000_000_000_000),
        ("b", 1), ("", 1),
    ]

    init(_ bytes: Int) {
        self.bytes = bytes
    }

    /// A size in `range`; a unit counts in either case, with or without a blank before it.
    ///
    /// *Errors*: `InvalidValue` that says what a size looks like, or which range it must be in.
    static func parse(in range: ClosedRange<Int> = 0...Int.max) -> @Sendable (String) throws -> SizeValue {
        { argument in
            let text = argument.lowercased()
            guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }),
                let count = Int(text.dropLast(unit.count).filter { $0 != " " }), count >= 0,
                case (let bytes, false) = count.multipliedReportingOverflow(by: factor)
            else { throw InvalidValue("a size is \(format).") }
            guard range.contains(bytes) else {
                throw InvalidValue("give \(SizeValue(range.lowerBound)) to \(SizeValue(range.upperBound)).")
            }
            return SizeValue(bytes)
        }
    }

    var description: String {
        for (unit, factor) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        where bytes > 0 && bytes % factor == 0 {
            return "\(bytes / factor)\(unit)"
        }
        return "\(bytes)"
    }
}
