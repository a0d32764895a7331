/// The configuration as text: a commented example, the settings that count, and the table of the documentation.
enum ConfigurationText {
    /// A file in which every key stands, commented out with its default: as it is, it changes nothing.
    static var example: String {
        var text = """
            # Configuration of dicom-node. Every key stands here with its default: remove the # before the ones you change.
            # What counts first: options of the command line, variables of the environment (DICOM_NODE_LISTEN_PORT), this file.
            # A reload (SIGHUP) takes what has changed; keys marked (restart) wait for a restart.


            """
        forEachKey { key, indent, section in
            if let section { text += "\n" + section }
            let mark = key.change == .restart ? " (restart)" : ""
            for line in wrapped(key.help + mark, width: 117 - indent.count) { text += "\(indent)# \(line)\n" }
            let word = lastWord(key)
            if key.example.isEmpty {
                let value = yaml(key.value(NodeConfiguration.initial))
                text += "\(indent)#\(word):\(value.isEmpty ? "" : " \(value)")\n"
            } else {
                text += "\(indent)#\(word):\n" + key.example.map { "\(indent)#  \($0)\n" }.joined()
            }
        }
        return text
    }

    /// The settings that count, as a file, with a comment of where each comes from. Secrets are hidden.
    static func settings(_ effective: EffectiveConfiguration) -> String {
        var text = ""
        forEachKey { key, indent, section in
            text += section ?? ""
            text += "\(indent)\(lastWord(key)): \(key.shown(effective.values))  # \(effective.origin(of: key))\n"
        }
        return text
    }

    /// The table of docs/configuration.md, in Markdown.
    static var table: String {
        let rows = ConfigurationKey.all.map { key in
            let option = key.shortOption.map { "`\(key.option)`, `--\($0)`" } ?? "`\(key.option)`"
            let change = key.change == .reload ? "reload" : "restart"
            let value = key.value(NodeConfiguration.initial)
            let initial = value.isEmpty ? key.emptyMeans : "`\(value)`"
            return "| `\(key.name)` | \(option) | \(initial) | \(change) | \(key.help) |"
        }
        return (["| key | option | default | new value counts after | what |", "|---|---|---|---|---|"] + rows)
            .joined(separator: "\n")
    }

    /// Calls with each key, its indentation, and the headings of sections that begin before it.
    private static func forEachKey(_ body: (ConfigurationKey, _ indent: String, _ section: String?) -> Void) {
        var current: [Substring] = []
        for key in ConfigurationKey.all {
            let sections = Array(key.name.split(separator: ".").dropLast())
            let kept = zip(current, sections).prefix { $0 == $1 }.count
            let opened = (kept..<sections.count).map { indent($0) + sections[$0] + ":\n" }.joined()
            current = sections
            body(key, indent(sections.count), opened.isEmpty ? nil : opened)
        }
    }

    private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }

    private static func lastWord(_ key: ConfigurationKey) -> Substring { key.name.split(separator: ".").last ?? "" }

    /// A value in one line; what is empty is written as what is not set.
    static func yaml(_ value: RawValue) -> String {
        switch value {
        case .text(let text): text.isEmpty ? "" : YAML.scalar(text)
        case .list(let texts): "[" + texts.map(YAML.scalar).joined(separator: ", ") + "]"
        case .node(let node): YAML.flow(node)
        }
    }

    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let line = lines[lines.count - 1]
            if line.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if line.count + 1 + word.count <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
