import Yams

/// What is wrong with the value of a key: all of it.
struct InvalidConfigurationValue: Error {
    /// One thing that is wrong.
    struct Fault: Equatable, Sendable {
        /// Where within the value, such as `CT1.port`; empty: the value itself.
        var path = ""
        /// What was found; empty: ``reason`` says it.
        var found = ""
        /// What is taken instead, or what is wrong.
        let reason: String
        /// In the file; nil: where the key is, or no file.
        let line: Int?

        /// What was found, and what is taken.
        var problem: String { found.isEmpty ? reason : "found '\(found)'; \(reason)" }
    }

    let faults: [Fault]

    init(_ faults: [Fault]) {
        self.faults = faults
    }

    /// - Parameter node: What is wrong.
    init(_ problem: String, _ node: Node) {
        self.init([Fault(reason: problem, line: node.mark?.line)])
    }
}

extension InvalidConfigurationValue.Fault {
    /// Characters of a value that are shown.
    private static let shownLength = 80

    /// - Parameter error: What a kind says of a value that it does not take.
    init(path: String = "", value text: String, error: any Error, line: Int?) {
        let shown = text.count > Self.shownLength ? text.prefix(Self.shownLength) + "…" : text[...]
        let reason = "\(error)"
        self.init(
            path: path,
            found: String(shown),
            reason: reason.hasSuffix(".") ? String(reason.dropLast()) : reason,
            line: line
        )
    }
}
