import Yams

/// A value as a source has it, before it is read.
enum RawValue {
    case text(String)
    case list([String])
    /// Of a file, with the lines that its faults are to name.
    case node(Node)

    var isEmpty: Bool {
        switch self {
        case .text(let text): text.isEmpty
        case .list(let texts): texts.isEmpty
        case .node(let node): YAML.isNull(node) || node.mapping?.isEmpty == true || node.sequence?.isEmpty == true
        }
    }

    /// One value of a kind.
    func scalar<Value>(_ kind: ValueKind<Value>) throws(InvalidConfigurationValue) -> Value {
        switch self {
        case .text(let text): return try Self.value(of: text, kind, line: nil)
        case .list(let texts): return try Self.value(of: texts.joined(separator: ","), kind, line: nil)
        case .node(let node):
            guard let scalar = node.scalar else {
                throw InvalidConfigurationValue("found \(YAML.noun(node)); give one value", node)
            }
            return try Self.value(of: scalar.string, kind, line: node.mark?.line)
        }
    }

    /// Values of a kind: one text has them with commas between them, but in a YAML sequence each stands by itself.
    func list<Value>(_ kind: ValueKind<Value>) throws(InvalidConfigurationValue) -> [Value] {
        var values: [Value] = []
        var faults: [InvalidConfigurationValue.Fault] = []
        for element in try elements() {
            do throws(InvalidConfigurationValue) {
                values.append(try element.scalar(kind))
            } catch {
                faults += error.faults
            }
        }
        guard faults.isEmpty else { throw InvalidConfigurationValue(faults) }
        return values
    }

    private func elements() throws(InvalidConfigurationValue) -> [RawValue] {
        switch self {
        case .text(let text): return Self.split(text).map(RawValue.text)
        case .list(let texts): return texts.map(RawValue.text)
        case .node(let node):
            if let sequence = node.sequence { return sequence.map(RawValue.node) }
            guard let scalar = node.scalar else {
                throw InvalidConfigurationValue("found \(YAML.noun(node)); give a list", node)
            }
            return Self.split(scalar.string).map { .node(.scalar(.init($0, scalar.tag, scalar.style, scalar.mark))) }
        }
    }

    private static func value<Value>(
        of text: String,
        _ kind: ValueKind<Value>,
        line: Int?
    ) throws(InvalidConfigurationValue) -> Value {
        do {
            return try kind.value(text)
        } catch {
            throw InvalidConfigurationValue([.init(value: text, error: error, line: line)])
        }
    }

    /// `A,B` as a list; blanks around a part do not count.
    static func split(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}

extension RawValue: CustomStringConvertible {
    /// For people, in one line.
    var description: String {
        switch self {
        case .text(let text): text
        case .list(let texts): texts.joined(separator: ", ")
        case .node(let node): YAML.flow(node)
        }
    }
}
