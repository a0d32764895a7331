import ArgumentParser
import Associations

/// How the values of settings are read that have no type of their own.
///
/// *Errors*: each throws `InvalidValue` that says what the setting takes.
enum Setting {
    /// A whole number in a range.
    static func number(in range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
        { argument in
            guard let number = Int(argument), range.contains(number) else {
                let upper = range.upperBound == .max ? "or more" : "to \(range.upperBound)"
                throw InvalidValue("give a whole number, \(range.lowerBound) \(upper).")
            }
            return number
        }
    }

    static func boolean(_ argument: String) throws -> Bool {
        guard let value = Bool(argument.lowercased()) else { throw InvalidValue("give true or false.") }
        return value
    }

    /// An AE title without the blanks at its ends, which do not count (PS3.5 §6.2).
    static func title(_ argument: some StringProtocol) throws -> String {
        let title = String(argument.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        guard AETitle(title) != nil else {
            throw InvalidValue("an AE title has 1 to 16 characters of printable ASCII without the backslash.")
        }
        return title
    }

    /// An address of this machine or its name.
    static func host(_ argument: String) throws -> String {
        guard let host = address(argument) else {
            throw InvalidValue("give an address of this machine, such as 127.0.0.1 or [::1], or * for every interface.")
        }
        return host
    }

    /// The address of a peer or its name.
    static func peer(_ argument: String) throws -> String {
        // An IPv6 address without brackets has more than one colon.
        if argument.contains("]:") || argument.count(where: { $0 == ":" }) == 1 {
            throw InvalidValue("the port is an argument of its own, behind the host and a blank.")
        }
        guard let host = address(argument) else {
            throw InvalidValue("give the peer's host name or address, such as 192.0.2.7 or [2001:db8::7].")
        }
        return host
    }

    /// An address or a host name; one of IPv6 also in brackets, as the ready line shows it. nil: it is neither.
    private static func address(_ argument: String) -> String? {
        let isBracketed = argument.hasPrefix("[") && argument.hasSuffix("]")
        let host = isBracketed ? String(argument.dropFirst().dropLast()) : argument
        let isOther = host.isEmpty || host.contains { $0.isWhitespace || $0 == "[" || $0 == "]" }
        return isOther ? nil : host
    }
}

extension ArgumentHelp {
    /// The help of a setting with a default, which ArgumentParser does not show by itself for values that are read by a
    /// function.
    static func setting(
        _ abstract: String,
        default value: some CustomStringConvertible,
        valueName: String
    ) -> ArgumentHelp {
        ArgumentHelp("\(abstract) (default: \(value))", valueName: valueName)
    }
}
