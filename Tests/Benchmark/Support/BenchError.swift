import Glibc

/// What can go wrong in a run. The description is what a summary counts failures by, so it names no instance.
enum BenchError: Error, Hashable, CustomStringConvertible {
    /// A system call failed with this `errno`.
    case system(String, Int32)
    /// The peer closed the connection where an answer was due.
    case closed
    /// The peer was silent for longer than the limit.
    case silent
    /// A-ASSOCIATE-RJ (PS3.8 §9.3.4).
    case rejected(result: UInt8, source: UInt8, reason: UInt8)
    /// A-ABORT (PS3.8 §9.3.8).
    case aborted(source: UInt8, reason: UInt8)
    /// A presentation context the data needs was refused with this result (PS3.8 §9.3.3.2).
    case contextRefused(abstractSyntax: String, transferSyntax: String, result: UInt8)
    /// A response with a status other than success (PS3.7 Annex C).
    case status(UInt16)
    /// The peer broke the protocol.
    case protocolFault(String)
    /// A file or option that cannot be used.
    case unusable(String)

    var description: String {
        switch self {
        case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
        case .closed: "the peer closed the connection"
        case .silent: "the peer was silent for too long"
        case .rejected(let result, let source, let reason):
            "association rejected: result \(result), source \(source), reason \(reason)"
        case .aborted(let source, let reason): "association aborted: source \(source), reason \(reason)"
        case .contextRefused(let abstractSyntax, let transferSyntax, let result):
            "presentation context \(abstractSyntax) with \(transferSyntax) refused: result \(result)"
        case .status(let status): "status \(hex(status))H"
        case .protocolFault(let what): what
        case .unusable(let what): what
        }
    }

    /// The failure of the system call just made.
    static func lastSystemError(_ call: String) -> BenchError { .system(call, errno) }
}

/// Four hexadecimal digits, as the standard writes a status.
func hex(_ value: UInt16) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: 4 - digits.count) + digits
}
