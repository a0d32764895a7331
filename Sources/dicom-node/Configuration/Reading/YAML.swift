import Yams

/// YAML as configuration files use it: scalars, sequences and maps. Anchors, aliases and keys that are no scalars are
/// refused, because a few lines of them can stand for gigabytes.
enum YAML {
    /// The document's root; nil: there is nothing in it.
    ///
    /// *Errors*: `InvalidConfigurationValue` with the line and the reason.
    static func document(_ text: String) throws(InvalidConfigurationValue) -> Node? {
        let anchors = anchors(text)
        guard anchors.isEmpty else { throw InvalidConfigurationValue(anchors) }
        let root: Node?
        let anchored: Node?
        do {
            let parser = try Parser(yaml: text)
            root = try parser.singleRoot()
            // Those that were taken for parts of a text above. Nodes know their anchors as long as the parser lives.
            anchored = withExtendedLifetime(parser) { root.flatMap(firstAnchored) }
        } catch {
            throw InvalidConfigurationValue([Self.fault(error)])
        }
        if let anchored { throw InvalidConfigurationValue(anchorRefusal, anchored) }
        return root
    }

    static func isNull(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// What a node is, for a message about one that is something else.
    static func noun(_ node: Node) -> String {
        switch node {
        case .mapping: "a map"
        case .sequence: "a list"
        case .scalar(let scalar): isNull(node) ? "nothing" : "'\(scalar.string)'"
        case .alias: "an alias"
        }
    }

    /// A node in one line.
    static func flow(_ node: Node) -> String {
        switch node {
        case .mapping(let mapping):
            "{" + mapping.map { "\(flow($0.key)): \(flow($0.value))" }.joined(separator: ", ") + "}"
        case .sequence(let sequence): "[" + sequence.map { flow($0) }.joined(separator: ", ") + "]"
        case .scalar(let scalar): isNull(node) ? "null" : Self.scalar(scalar.string)
        case .alias: ""
        }
    }

    /// A text as a scalar, in quotes where it would be something else without.
    static func scalar(_ text: String) -> String {
        let isPlain =
            text.unicodeScalars.allSatisfy { scalar in
                scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "-_./:@+~% ".unicodeScalars.contains(scalar)
            }
            && text.first.map { $0.isLetter || $0.isNumber || $0 == "/" || $0 == "." } == true
            && text.last != " " && text.last != ":" && !text.contains(": ")
            && !["null", "Null", "NULL"].contains(text)
        guard !isPlain else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22, 0x5C: quoted += "\\\(scalar)"
            case 0..<0x20, 0x7F...0xA0, 0x2028, 0x2029, 0xFEFF, 0xD800...:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                quoted += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    // MARK: Anchors

    private static let anchorRefusal = "anchors and aliases are not taken; write the value where it belongs"

    /// The lines with an anchor outside of quotes and comments. Looked for in the text, because a parser that meets
    /// aliases as keys compares what they stand for.
    private static func anchors(_ text: String) -> [InvalidConfigurationValue.Fault] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            guard line.contains("&") else { return nil }
            let bare = line.replacing(/"(?:\\.|[^"\\])*"|'[^']*'/, with: "\"\"").replacing(/(?:^|\s)#.*/, with: "")
            guard bare.contains(/(?:^|[\s\[{,])&[^\s,\[\]{}]/) else { return nil }
            return .init(reason: anchorRefusal, line: index + 1)
        }
    }

    /// Looks behind no node that has one: what is left is a tree.
    private static func firstAnchored(_ node: Node) -> Node? {
        switch node {
        case .scalar(let scalar): return scalar.anchor == nil ? nil : node
        case .sequence(let sequence):
            if sequence.anchor != nil { return node }
            for element in sequence {
                if let found = firstAnchored(element) { return found }
            }
        case .mapping(let mapping):
            if mapping.anchor != nil { return node }
            for (key, value) in mapping {
                if let found = firstAnchored(key) ?? firstAnchored(value) { return found }
            }
        case .alias: return node
        }
        return nil
    }

    // MARK: Syntax

    private static func fault(_ error: any Error) -> InvalidConfigurationValue.Fault {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let context = context.map { " \($0.text) that begins in line \($0.mark.line)" } ?? ""
            return .init(
                reason: "is no YAML here (column \(mark.column)): \(problem)\(context)",
                line: mark.line
            )
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.joined(separator: ", ")
            return .init(reason: "\(names) stands there twice; keep one of them", line: context.mark.line)
        case .reader(let problem, let offset, _, let yaml):
            let before = offset.map { yaml.utf8.prefix($0).count { $0 == UInt8(ascii: "\n") } }
            return .init(reason: "is no YAML: \(problem)", line: before.map { $0 + 1 })
        default: return .init(reason: "is no YAML: \(error)", line: nil)
        }
    }
}
