import Glibc
import Logging

/// How a log line looks.
enum LogFormat: String, CaseIterable, Sendable {
    case text, json
}

/// Makes log lines for standard error, as text or as JSON.
///
/// Everything in them is escaped here, in the one place all lines pass: much of it comes from peers (AE titles, UIDs,
/// comments), and a newline or a terminal's escape sequence in it must not become one in the log.
struct StandardErrorLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let level: LogLevel
    private let format: LogFormat
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - level: Of every logger that is made of this handler.
    ///   - write: Takes each line, without its line feed.
    init(
        level: LogLevel,
        format: LogFormat,
        write: @escaping @Sendable (String) -> Void = StandardStream.error.writeLine
    ) {
        self.level = level
        self.format = format
        self.write = write
    }

    var logLevel: Logger.Level {
        get { level.current }
        set { level.current = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        write(Self.line(event.level, "\(event.message)", all.map { ($0.key, "\($0.value)") }, format))
    }

    /// A line as it is written.
    static func line(
        _ level: Logger.Level,
        _ message: String,
        _ fields: [(key: String, value: String)],
        _ format: LogFormat
    ) -> String {
        let time = Self.now()
        var line: String
        switch format {
        case .text:
            line = "\(time) \(level) \(Self.escaped(message))"
            for (key, value) in fields {
                line += " \(key)=\(Self.quoted(value))"
            }
        case .json:
            line = "{\"time\":\"\(time)\",\"level\":\"\(level)\",\"message\":\(Self.json(message))"
            for (key, value) in fields {
                line += ",\(Self.json(key)):\(Self.json(value))"
            }
            line += "}"
        }
        return line
    }

    /// The time in UTC, ISO 8601 with milliseconds.
    private static func now() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        gmtime_r(&now.tv_sec, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let milliseconds = String(1_000 + now.tv_nsec / 1_000_000).dropFirst()
        return "\(1900 + parts.tm_year)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
            + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).\(milliseconds)Z"
    }

    /// Characters of a text that are written; peers may send longer ones.
    static let escapedLength = 4_096

    /// Without control characters, C1 controls, line and paragraph separators, or characters that change the direction
    /// of text.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(escapedLength) {
            switch scalar.value {
            case 0x20...0x7E, 0xA0...0x061B, 0x061D...0x1FFF, 0x2010...0x2027, 0x2030...0x205F, 0x2070...0xFEFE,
                0xFF00...0x10_FFFF:
                result.unicodeScalars.append(scalar)
            default:
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        return result
    }

    private static func quoted(_ text: String) -> String {
        let escaped = Self.escaped(text)
        guard escaped.isEmpty || escaped.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) else {
            return escaped
        }
        // A backslash too: else one before a quote would end the value, and what follows would be a field of the peer's
        // making.
        return Self.json(text)
    }

    private static func json(_ text: String) -> String {
        "\"" + Self.escaped(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
