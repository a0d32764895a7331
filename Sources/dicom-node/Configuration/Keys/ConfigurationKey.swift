/// One key of the configuration, and all there is to know of it. The reader of files, of the environment and of the
/// command line, `--help`, `config example`, `config show` and the table in docs/configuration.md are made of it.
struct ConfigurationKey: Sendable {
    /// What a value that was read does to a configuration.
    typealias Assignment = @Sendable (inout NodeConfiguration) -> Void

    /// How a value is written.
    enum Shape: Sendable {
        /// One text.
        case scalar
        /// Texts: a sequence in a file, `A,B` elsewhere, and on the command line `A B` and the option again.
        case list
        /// YAML, everywhere: a map, or a list of maps.
        case structure
    }

    /// When a new value counts.
    enum Change: Sendable {
        /// From the next association on, after a reload.
        case reload
        /// After a restart.
        case restart
    }

    /// Its path in a file, such as `listen.port`.
    let name: String
    let shape: Shape
    /// What stands for a value in `--help`.
    let valueName: String
    /// What it is, in one or a few sentences.
    let help: String
    /// What is said where the default is an empty list or map, such as `any`.
    let emptyMeans: String
    let change: Change
    /// Its value is not shown.
    let isSecret: Bool
    /// A second, shorter option, without its dashes.
    let shortOption: String?
    /// An example of a structure, as lines of YAML.
    let example: [String]

    /// Reads a value.
    let read: @Sendable (RawValue) throws(InvalidConfigurationValue) -> Assignment
    /// The value in a configuration, as it would be written.
    let value: @Sendable (NodeConfiguration) -> RawValue
    /// Takes the value of the first into the second.
    let copy: @Sendable (NodeConfiguration, inout NodeConfiguration) -> Void

    /// `--listen-port`.
    var option: String { "--" + optionName }
    /// `listen-port`.
    var optionName: String { String(name.map { $0 == "." || $0 == "_" ? "-" : $0 }) }
    /// `DICOM_NODE_LISTEN_PORT`.
    var environmentName: String { Self.environmentPrefix + name.uppercased().replacing(".", with: "_") }
    /// With which the variables of the environment begin that are ours.
    static let environmentPrefix = "DICOM_NODE_"

    /// The default, for people.
    var defaultText: String {
        let value = value(NodeConfiguration.initial)
        return value.isEmpty ? emptyMeans : "\(value)"
    }
}

extension ConfigurationKey {
    /// A key with one text.
    init<Value>(
        _ name: String,
        _ path: any WritableKeyPath<NodeConfiguration, Value> & Sendable,
        _ kind: ValueKind<Value>,
        _ help: String,
        emptyMeans: String = "none",
        _ change: Change,
        shortOption: String? = nil,
        isSecret: Bool = false
    ) {
        self.init(
            name: name,
            shape: .scalar,
            valueName: kind.name,
            help: help,
            emptyMeans: emptyMeans,
            change: change,
            isSecret: isSecret,
            shortOption: shortOption,
            example: [],
            read: { raw throws(InvalidConfigurationValue) in
                let value = try raw.scalar(kind)
                return { $0[keyPath: path] = value }
            },
            value: { .text(kind.text($0[keyPath: path])) },
            copy: { $1[keyPath: path] = $0[keyPath: path] }
        )
    }

    /// A key with a list of texts.
    init<Value>(
        _ name: String,
        list path: any WritableKeyPath<NodeConfiguration, [Value]> & Sendable,
        of kind: ValueKind<Value>,
        valueName: String? = nil,
        _ help: String,
        emptyMeans: String,
        _ change: Change
    ) {
        self.init(
            name: name,
            shape: .list,
            valueName: valueName ?? kind.name + "s",
            help: help,
            emptyMeans: emptyMeans,
            change: change,
            isSecret: false,
            shortOption: nil,
            example: [],
            read: { raw throws(InvalidConfigurationValue) in
                let values = try raw.list(kind)
                return { $0[keyPath: path] = values }
            },
            value: { .list($0[keyPath: path].map(kind.text)) },
            copy: { $1[keyPath: path] = $0[keyPath: path] }
        )
    }
}
