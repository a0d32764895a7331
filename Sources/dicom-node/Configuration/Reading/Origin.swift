/// Where a value comes from.
enum Origin: Hashable, Sendable, CustomStringConvertible {
    case `default`
    /// - Parameter line: nil: the file as a whole.
    case file(String, line: Int?)
    /// The variable.
    case environment(String)
    /// The option.
    case commandLine(String)

    var description: String {
        switch self {
        case .default: "default"
        case .file(let path, let line): line.map { "\(path):\($0)" } ?? path
        case .environment(let name): name
        case .commandLine(let option): option
        }
    }
}
