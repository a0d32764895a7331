import Synchronization

/// What has become of the files: a line for each failure, a bar on a terminal, and the count at the end.
final class SendProgress: Sendable {
    private struct State {
        var done = 0
        var failed = 0
        var skipped = 0
    }

    private let total: Int
    private let showsBar: Bool
    private let state = Mutex(State())

    init(total: Int) {
        self.total = total
        self.showsBar = StandardStream.error.isTerminal
    }

    var failures: Int { self.state.withLock { $0.failed } }

    /// A file in a folder is something else than DICOM.
    func skipped() {
        self.state.withLock { $0.skipped += 1 }
    }

    func stored() {
        self.state.withLock { state in
            state.done += 1
            self.show(state)
        }
    }

    func failed(_ path: String, _ reason: String) {
        self.state.withLock { state in
            state.done += 1
            state.failed += 1
            if self.showsBar { StandardStream.error.write("\r\u{1B}[K") }
            StandardStream.error.writeLine(StandardErrorLogHandler.escaped("\(path): \(reason)"))
            self.show(state)
        }
    }

    /// The last line: how many of how many.
    func finish() {
        self.state.withLock { state in
            if self.showsBar { StandardStream.error.write("\r\u{1B}[K") }
            let passedOver = state.skipped > 0 ? ", passed over \(state.skipped) that are not DICOM" : ""
            let meant = self.total - state.skipped
            StandardStream.output.writeLine(
                "sent \(state.done - state.failed) of \(meant), failed \(state.failed)\(passedOver)"
            )
        }
    }

    private func show(_ state: State) {
        guard self.showsBar, self.total > 0 else { return }
        let width = 40
        let filled = state.done * width / self.total
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        StandardStream.error.write("\r[\(bar)] \(state.done)/\(self.total)")
    }
}
