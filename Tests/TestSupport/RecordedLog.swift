package import Logging
import Synchronization

/// The messages of a log, kept.
package final class RecordedLog: Sendable {
    private let recorded = Mutex<[String]>([])
    private let lines = Mutex<[String]>([])

    package init() {}

    /// In the order in which they came.
    package var messages: [String] { recorded.withLock { $0 } }

    /// The same, each with its metadata: `message key=value key=value`.
    package var messagesWithMetadata: [String] { lines.withLock { $0 } }

    /// A logger that keeps what it is told here.
    package var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider?
        var logLevel = Logger.Level.info

        init(log: RecordedLog) {
            self.log = log
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.recorded.withLock { $0.append("\(event.message)") }
            let fields = metadata.merging(event.metadata ?? [:]) { $1 }
                .sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            log.lines.withLock { $0.append("\(event.message)\(fields)") }
        }
    }
}
