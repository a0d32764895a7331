import Yams

/// The value of a key that is a map, or a list of maps, such as `peers`.
protocol StructuredValue: Sendable {
    /// Nothing.
    init()

    /// *Errors*: everything that is wrong with it, each with its line and its place below the key.
    init(_ node: Node) throws(InvalidConfigurationValue)

    /// As it would be written.
    var node: Node { get }
}

extension ConfigurationKey {
    /// A key with a structure: YAML in a file, and one line of it elsewhere.
    init<Value: StructuredValue>(
        _ name: String,
        structure path: any WritableKeyPath<NodeConfiguration, Value> & Sendable,
        _ help: String,
        emptyMeans: String = "none",
        _ change: Change,
        example: [String]
    ) {
        self.init(
            name: name,
            shape: .structure,
            valueName: "yaml",
            help: help,
            emptyMeans: emptyMeans,
            change: change,
            isSecret: false,
            shortOption: nil,
            example: example,
            read: { raw throws(InvalidConfigurationValue) in
                let node = try raw.structure()
                let value = try node.map(Value.init) ?? Value()
                return { $0[keyPath: path] = value }
            },
            value: { .node($0[keyPath: path].node) },
            copy: { $1[keyPath: path] = $0[keyPath: path] }
        )
    }
}

extension RawValue {
    /// nil: nothing.
    fileprivate func structure() throws(InvalidConfigurationValue) -> Node? {
        switch self {
        case .node(let node): return node
        case .list(let texts): return try RawValue.text(texts.joined(separator: ",")).structure()
        case .text(let text):
            do throws(InvalidConfigurationValue) {
                return try YAML.document(text)
            } catch {
                // Lines of a text in one line mean nothing.
                throw InvalidConfigurationValue(
                    error.faults.map { .init(path: $0.path, found: $0.found, reason: $0.reason, line: nil) }
                )
            }
        }
    }
}
