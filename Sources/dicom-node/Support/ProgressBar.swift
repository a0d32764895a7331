/// A bar on a terminal, drawn over the one before.
enum ProgressBar {
    private static let width = 40

    /// Empties the line.
    static let clear = "\r\u{1B}[K"

    /// - Parameter total: At least 1.
    static func text(_ done: Int, of total: Int) -> String {
        let filled = min(done, total) * width / total
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        return "\r[\(bar)] \(done)/\(total)"
    }
}
