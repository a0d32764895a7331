import TestSupport

/// Runs a command line.
/// - Returns: Whether it succeeded.
@discardableResult
func run(_ command: String) -> Bool { (try? TestSupport.run("sh", ["-c", command]).succeeded) == true }

/// The lines that a command line prints.
func output(_ command: String) -> [String] {
    let text = (try? TestSupport.run("sh", ["-c", command]).output) ?? ""
    return text.split(separator: "\n").map(String.init)
}
