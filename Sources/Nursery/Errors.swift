/// Several failures of one nursery.
///
/// A single failure is thrown as it is, so that `catch` clauses name the error they mean; this type appears only when
/// there was more than one. Failures of nested nurseries are listed flat.
public struct NurseryError: Error, CustomStringConvertible {
    /// All failures, in the order in which they happened; at least two.
    public let errors: [any Error]

    /// Keeps `errors`, those of nested nurseries one by one.
    init(_ errors: [any Error]) {
        self.errors = errors.flatMap { ($0 as? NurseryError)?.errors ?? [$0] }
    }

    /// The failure that came first, and cancelled the rest.
    public var first: any Error { errors[0] }

    /// One line with every failure, the first one first.
    public var description: String {
        "\(errors.count) failures: " + errors.map { "\($0)" }.joined(separator: "; ")
    }

    /// Throws nothing, the only error as it is, or all of them.
    static func throwIfAny(_ errors: [any Error]) throws {
        switch errors.count {
        case 0: return
        case 1: throw errors[0]
        default: throw NurseryError(errors)
        }
    }
}

/// A deadline passed before the work under it was done.
public struct DeadlineExceeded: Error, Equatable, CustomStringConvertible {
    /// "deadline exceeded".
    public var description: String { "deadline exceeded" }
}

/// A child that ``Nursery/start(deadline:clock:_:)`` waited for ended without saying that it is ready.
public struct EndedBeforeReady: Error, Equatable, CustomStringConvertible {
    /// "the child ended before it was ready".
    public var description: String { "the child ended before it was ready" }
}
