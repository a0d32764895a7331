import Synchronization

/// What a verification has found, as it is found, and the count at the end.
final class VerifyReport: Sendable {
    private let isJSON: Bool
    private let showsBar: Bool
    /// Files that the index knows; 0: it is not known how many there are.
    private let total: Int
    private let isFirst = Mutex(true)

    init(json: Bool, showsBar: Bool, total: Int) {
        isJSON = json
        self.showsBar = showsBar
        self.total = total
    }

    func begin() {
        if isJSON { StandardStream.output.write("{\"findings\": [") }
    }

    func found(_ finding: Finding) {
        if showsBar { StandardStream.error.write(ProgressBar.clear) }
        guard isJSON else {
            let path = StandardErrorLogHandler.escaped(finding.path)
            let reason = StandardErrorLogHandler.escaped(finding.reason)
            return StandardStream.output.writeLine("\(finding.kind.rawValue): \(path): \(reason)")
        }
        let separator = isFirst.withLock { isFirst in
            defer { isFirst = false }
            return isFirst ? "\n" : ",\n"
        }
        StandardStream.output.write(
            separator + "{\"kind\": \(JSONText.text(finding.kind.rawValue)), \"path\": \(JSONText.text(finding.path)), "
                + "\"reason\": \(JSONText.text(finding.reason))}"
        )
    }

    func advanced(_ progress: VerifyProgress) {
        guard showsBar else { return }
        StandardStream.error.write(
            total > 0
                ? ProgressBar.text(progress.files, of: total)
                : "\r\(progress.files) files, \(ByteCount.text(Int64(progress.bytes)))"
        )
    }

    func end(_ progress: VerifyProgress) {
        if showsBar { StandardStream.error.write(ProgressBar.clear) }
        let counts = Finding.Kind.allCases.map { (kind: $0, count: progress.count($0)) }
        guard isJSON else {
            let found = counts.map { "\($0.count) \($0.kind.rawValue)" }.joined(separator: ", ")
            return StandardStream.output.writeLine(
                "verified \(progress.files) files, \(ByteCount.text(Int64(progress.bytes))): \(found)"
                    + (progress.withoutDigest == 0 ? "" : "; \(progress.withoutDigest) have no digest")
            )
        }
        let found = counts.map { "\"\($0.kind.rawValue)\": \($0.count)" }.joined(separator: ", ")
        StandardStream.output.writeLine(
            "\n], \"files\": \(progress.files), \"bytes\": \(progress.bytes), \(found), "
                + "\"withoutDigest\": \(progress.withoutDigest)}"
        )
    }
}
