import Foundation

/// Rows as text.
struct ListPrinter {
    enum Format { case table, json, csv }

    private let format: Format
    private let columns: [ListColumn]
    private var isFirst = true

    init(_ format: Format, columns: [ListColumn]) {
        self.format = format
        self.columns = columns
    }

    /// The next rows, with what goes before the first one.
    mutating func text(_ rows: [ListedRow]) -> String {
        defer { isFirst = false }
        switch format {
        case .table: return table(rows)
        case .csv: return csv(rows)
        case .json: return json(rows)
        }
    }

    /// What goes behind the last one.
    func end() -> String {
        guard format == .json else { return "" }
        return isFirst ? "[]\n" : "\n]\n"
    }

    // MARK: For people

    /// Characters of a column that are not cut: a UID.
    private static let widthMax = 64

    private func table(_ rows: [ListedRow]) -> String {
        let shown = columns.filter { $0.title != nil }
        let cells = rows.map { row in shown.map { Self.cell(row.values[$0.key], $0.key) } }
        let lines = (isFirst ? [shown.map { $0.title ?? "" }] : []) + cells
        let widths = shown.indices.map { index in lines.map { $0[index].count }.max() ?? 0 }
        return lines.map { line in
            var text = ""
            for (index, cell) in line.enumerated() {
                let isLast = index == line.count - 1
                text += cell + (isLast ? "\n" : String(repeating: " ", count: widths[index] - cell.count + 2))
            }
            return text
        }.joined()
    }

    private static func cell(_ value: ListedRow.Value?, _ key: String) -> String {
        switch value {
        case nil: return ""
        case .number(let bytes) where key == "bytes": return ByteCount.text(bytes)
        case .number(let number): return String(number)
        case .time(let seconds): return Self.time(seconds)
        case .texts(let texts): return cut(texts.joined(separator: ","))
        case .text(let text) where key == "path": return StandardErrorLogHandler.escaped(text)
        case .text(let text): return cut(text)
        }
    }

    /// No control character of a peer reaches the terminal.
    private static func cut(_ text: String) -> String {
        let text = StandardErrorLogHandler.escaped(text)
        return text.count <= widthMax ? text : text.prefix(widthMax - 1) + "…"
    }

    /// As ISO 8601, in UTC.
    private static func time(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }

    // MARK: For programs

    /// RFC 4180.
    private func csv(_ rows: [ListedRow]) -> String {
        let header = isFirst ? columns.map(\.key).joined(separator: ",") + "\r\n" : ""
        return header
            + rows.map { row in
                columns.map { Self.field(row.values[$0.key]) }.joined(separator: ",") + "\r\n"
            }.joined()
    }

    private static func field(_ value: ListedRow.Value?) -> String {
        let text =
            switch value {
            case nil: ""
            case .text(let text): text
            case .texts(let texts): texts.joined(separator: "\\")
            case .number(let number): String(number)
            case .time(let seconds): Self.time(seconds)
            }
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }

    private func json(_ rows: [ListedRow]) -> String {
        let objects = rows.map { row in
            let values = row.values.sorted { $0.key < $1.key }.map { key, value in
                "\(JSONText.text(key)): \(Self.json(value))"
            }
            return "{" + values.joined(separator: ", ") + "}"
        }
        let start = isFirst ? "[\n" : objects.isEmpty ? "" : ",\n"
        return start + objects.joined(separator: ",\n")
    }

    private static func json(_ value: ListedRow.Value) -> String {
        switch value {
        case .text(let text): JSONText.text(text)
        case .texts(let texts): "[" + texts.map(JSONText.text).joined(separator: ", ") + "]"
        case .number(let number): String(number)
        case .time(let seconds): JSONText.text(time(seconds))
        }
    }
}

/// Strings of JSON (RFC 8259 §7).
enum JSONText {
    static func text(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case "\u{00}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}

/// Bytes for people: `1.5 GiB`.
enum ByteCount {
    static func text(_ bytes: Int64) -> String {
        var value = Double(bytes)
        for unit in ["B", "KiB", "MiB", "GiB", "TiB"] {
            if value < 1024 || unit == "TiB" {
                return unit == "B" ? "\(bytes) B" : String(format: "%.1f %@", value, unit)
            }
            value /= 1024
        }
        return "\(bytes) B"
    }
}
