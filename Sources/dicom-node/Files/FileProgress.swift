import Synchronization

/// What has become of files that are sent or adopted: a line for each reason of failure, a bar on a terminal, and the
/// count at the end.
///
/// Many files may fail for one reason. The first is told at once, with its name; the others' names follow at the end,
/// below that reason.
final class FileProgress: Sendable {
    /// Why nothing is done with a file, which is no failure.
    enum PassedOver: String, CaseIterable, Sendable {
        case doneBefore = "done before"
        case identical = "archived already"
        case keptFirst = "another instance of the UID is archived"
        case beginning = "the beginning of another file"
        case notDICOM = "no DICOM file"
        case directory = "DICOMDIR"
        case noFile = "no regular file"
    }

    typealias Write = @Sendable (StandardStream, String) -> Void

    private struct State {
        /// Files to be done, the bar's full length.
        var total = 0
        var done = 0
        var succeeded = 0
        var failed = 0
        var passedOver: [PassedOver: Int] = [:]
        var messages: [Message] = []
    }

    /// A reason, and the files that it concerns and that were not named yet.
    private struct Message {
        var text: String
        var paths: [PathBytes] = []
        /// All of them are told at the end only.
        var isSummary = false
    }

    private let verb: String
    private let showsBar: Bool
    private let write: Write
    private let state = Mutex(State())

    /// - Parameter verb: What is done with the files: `sent`.
    init(_ verb: String, showsBar: Bool, write: @escaping Write = { $0.write($1) }) {
        self.verb = verb
        self.showsBar = showsBar
        self.write = write
    }

    /// No file was to be done.
    var isNothing: Bool { state.withLock { $0.succeeded + $0.failed == 0 } }
    var failures: Int { state.withLock { $0.failed } }

    /// All files have been looked at: so many are to be done.
    func begin(total: Int) {
        state.withLock { $0.total = total }
    }

    /// What a folder holds besides.
    func passedOver(_ what: PassedOver, count: Int = 1) {
        guard count > 0 else { return }
        state.withLock { $0.passedOver[what, default: 0] += count }
    }

    /// One of those to be done needs nothing.
    func skipped(_ what: PassedOver) {
        state.withLock { state in
            state.passedOver[what, default: 0] += 1
            advance(&state, by: 1)
        }
    }

    /// What could not be listed, opened or read: it is none of those to be done.
    func unreadable(_ path: PathBytes, _ reason: String) {
        state.withLock { state in
            state.failed += 1
            tell(&state, path, reason)
        }
    }

    func succeeded() {
        state.withLock { state in
            state.succeeded += 1
            advance(&state, by: 1)
        }
    }

    func failed(_ path: PathBytes, _ reason: String) {
        state.withLock { state in
            state.failed += 1
            tell(&state, path, reason)
            advance(&state, by: 1)
        }
    }

    /// Files that no association was left for.
    func undone(_ paths: [PathBytes], _ reason: String) {
        state.withLock { state in
            state.failed += paths.count
            state.messages.append(Message(text: reason, paths: paths, isSummary: true))
            advance(&state, by: paths.count)
        }
    }

    /// What was done to a file that goes on.
    func note(_ path: PathBytes, _ text: String) {
        state.withLock { tell(&$0, path, text) }
    }

    /// The last lines: the other names of each message, and how many of how many.
    func finish() {
        state.withLock { state in
            clear()
            for message in state.messages where !message.paths.isEmpty { tellRest(message, state) }
            let passedOver = PassedOver.allCases.compactMap { what in
                state.passedOver[what].map { "\($0) (\(what.rawValue))" }
            }
            writeLine(
                .output,
                "\(verb) \(state.succeeded) of \(state.succeeded + state.failed), failed \(state.failed)"
                    + (passedOver.isEmpty ? "" : ", passed over " + passedOver.joined(separator: ", "))
            )
        }
    }

    private func tell(_ state: inout State, _ path: PathBytes, _ text: String) {
        if let index = state.messages.firstIndex(where: { $0.text == text && !$0.isSummary }) {
            state.messages[index].paths.append(path)
            return
        }
        state.messages.append(Message(text: text))
        clear()
        writeLine(.error, "\(Self.escaped(path)): \(StandardErrorLogHandler.escaped(text))")
    }

    private func tellRest(_ message: Message, _ state: State) {
        let text = StandardErrorLogHandler.escaped(message.text)
        let files = message.paths.count == 1 ? "1 file" : "\(message.paths.count) files"
        guard message.isSummary else {
            writeLine(.error, "\(files) more, as above: \(text)")
            return message.paths.forEach { writeLine(.error, "    \(Self.escaped($0))") }
        }
        writeLine(.error, "\(files) not \(verb): \(text)")
        // Where nothing at all went out, names would say no more than the command line does.
        if state.succeeded > 0 || message.paths.count < state.failed || message.paths.count == 1 {
            message.paths.forEach { writeLine(.error, "    \(Self.escaped($0))") }
        }
    }

    private func advance(_ state: inout State, by count: Int) {
        state.done += count
        guard showsBar, state.total > 0 else { return }
        write(.error, ProgressBar.text(state.done, of: state.total))
    }

    private func clear() {
        if showsBar { write(.error, ProgressBar.clear) }
    }

    private func writeLine(_ stream: StandardStream, _ line: String) {
        write(stream, line + "\n")
    }

    /// A path of any length, without what would act on a terminal.
    private static func escaped(_ path: PathBytes) -> String {
        var result = ""
        var rest = path.description.unicodeScalars[...]
        while !rest.isEmpty {
            result += StandardErrorLogHandler.escaped(String(rest.prefix(StandardErrorLogHandler.escapedLength)))
            rest = rest.dropFirst(StandardErrorLogHandler.escapedLength)
        }
        return result
    }
}
